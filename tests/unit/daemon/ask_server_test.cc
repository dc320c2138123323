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
  static AskListener Listen(const std::string& path) {
    auto listener = AskListener::Bind(path);
    REQUIRE(listener);
    return *std::move(listener);
  }

  Daemon daemon;
  std::string path = daemon.folder / "run" + "/ask.sock";
  AskServer server{Listen(path), daemon.enforcer};
};

// No file of the process gets another descriptor while this lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const UniqueFd lowest(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest.get());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
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
  Asked asked;
  for (int i = 0; i < 3; ++i) {
    CHECK(asked.server.Accepts(std::chrono::steady_clock::now() + 10s));
  }
}

TEST_CASE("without descriptors hooks wait, and nobody spins") {
  Asked asked;
  const UniqueFd hook(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  asked.path.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  {
    const NoMoreDescriptors none;
    const long before = WaitsOfOthers();
    REQUIRE(::connect(hook.get(), where, sizeof address) == 0);
    for (int tries = 0; WaitsOfOthers() < before + 4 && tries < 300; ++tries) {
      std::this_thread::sleep_for(10ms);
    }
    CHECK(WaitsOfOthers() >= before + 4);
    CHECK(asked.server.Accepts(std::chrono::steady_clock::now() + 10s));
    CHECK(asked.server.in_flight() == 0);
  }
  for (int tries = 0; asked.server.in_flight() == 0 && tries < 200; ++tries) {
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
