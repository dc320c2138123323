#include "daemon/ask_server.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <thread>

#include "io/ask/frame.h"
#include "io/ask/listener.h"
#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

namespace {

class NoLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Fail(Reason::kLayerPending);
  }
};

struct Daemon {
  const testing::TempFolder folder;
  Walk walk;
  NoLayers layers;
  const Verifier verifier{walk.resolver, walk.evidence, layers, walk.bases};
  AuditLog audit{AuditFiles(folder / "audit.jsonl", folder / "state")};
  Enforcer enforcer{{verifier, audit, [] { return nullptr; }}, false, 1};
};

// What the daemon says to a pull of this image.
AskReply AnswerToPull(Daemon& daemon, const std::string& image,
                      const std::string& digest) {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0);
  const UniqueFd hook(ends[0]);
  AskConnection connection{UniqueFd(ends[1])};
  AskRequest request;
  request.kind = AskKind::kPull;
  request.patience = 10s;
  request.image = image;
  request.image_digest = digest;
  const std::string frame = WriteAskRequest(request).value();
  REQUIRE(::send(hook.get(), frame.data(), frame.size(), 0) > 0);
  AnswerHook(connection, daemon.enforcer);
  std::array<char, ASSAY_ASK_REPLY_MOST> bytes{};
  const ssize_t got = ::recv(hook.get(), bytes.data(), bytes.size(), 0);
  REQUIRE(got > 0);
  return ReadAskReply({bytes.data(), static_cast<std::size_t>(got)}).value();
}

// A daemon at its socket.
struct Asked {
  explicit Asked(Result<AskListener> bound)
      : fd(bound.value().fd()), server(*std::move(bound), daemon.enforcer) {}

  Daemon daemon;
  int fd;  // the listening socket's, the server's own
  AskServer server;
};

// How often threads other than this one have waited for something. Who spins
// does not, however busy the machine is.
long WaitsOfOthers() {
  rusage all{};
  rusage own{};
  REQUIRE(::getrusage(RUSAGE_SELF, &all) == 0);
  REQUIRE(::getrusage(RUSAGE_THREAD, &own) == 0);
  return all.ru_nvcsw - own.ru_nvcsw;
}

}  // namespace

TEST_CASE("who accepts questions gives a sign whenever it is called") {
  const testing::TempFolder folder;
  Asked asked(AskListener::Bind(folder / "run" + "/ask.sock"));
  for (int i = 0; i < 3; ++i) {
    CHECK(asked.server.Accepts(std::chrono::steady_clock::now() + 10s));
  }
}

TEST_CASE("hooks that cannot be accepted wait, and nobody spins") {
  const testing::TempFolder folder;
  const std::string path = folder / "run" + "/ask.sock";
  Asked asked(AskListener::Bind(path));
  const UniqueFd socket(::fcntl(asked.fd, F_DUPFD_CLOEXEC, 0));
  // Something is always there to be read, and never to be accepted.
  const UniqueFd always(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  REQUIRE(::dup2(always.get(), asked.fd) == asked.fd);
  REQUIRE(asked.server.Accepts(std::chrono::steady_clock::now() + 10s));
  const long before = WaitsOfOthers();
  for (int tries = 0; WaitsOfOthers() < before + 4 && tries < 300; ++tries) {
    std::this_thread::sleep_for(10ms);
  }
  CHECK(WaitsOfOthers() >= before + 4);
  CHECK(asked.server.Accepts(std::chrono::steady_clock::now() + 10s));

  REQUIRE(::dup2(socket.get(), asked.fd) == asked.fd);
  const UniqueFd hook(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  REQUIRE(::connect(hook.get(), where, sizeof address) == 0);
  for (int tries = 0; asked.server.in_flight() == 0 && tries < 300; ++tries) {
    std::this_thread::sleep_for(10ms);
  }
  CHECK(asked.server.in_flight() == 1);
  ::shutdown(hook.get(), SHUT_RDWR);
}

TEST_CASE("a pull that cannot be understood leaves its line in the audit log") {
  Daemon daemon;
  const auto refused_for = [&](const std::string& image,
                               const std::string& digest) {
    const AskReply reply = AnswerToPull(daemon, image, digest);
    CHECK(reply.answer == AskAnswer::kDeny);
    return reply.line.substr(0, reply.line.find(':'));
  };
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(refused_for("Registry.example.com/UPPER//x", digest) ==
        "reference-malformed");
  CHECK(refused_for("registry.example.com/x:1", "sha256:zz") ==
        "digest-malformed");
  const auto log = ReadFile(daemon.folder / "audit.jsonl", 1 << 20);
  REQUIRE(log);
  for (const char* member :
       {"\"hook\":\"pull\"", "\"reason\":\"reference-malformed\"",
        "\"reason\":\"digest-malformed\""}) {
    CHECK(log->find(member) != std::string::npos);
  }
}
