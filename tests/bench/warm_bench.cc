// warm_bench FOLDER: what a decision costs whose verdict is kept, the audit log
// being a file in FOLDER. The container's records and layers are given, policy
// and signature are real. Prints CPU time of a call in us, calls a second on
// two threads, and the median time in us from an ask at the socket to its
// answer.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <thread>

#include "daemon/ask_server.h"
#include "tests/bench/measure.h"
#include "tests/support/walk.h"

using namespace assay;         // NOLINT
using namespace assay::bench;  // NOLINT
using namespace assay::test;   // NOLINT

namespace {

constexpr int kCalls = 20'000;
constexpr int kAsks = 5'000;

class IntactLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Ok();
  }
};

struct Gate {
  explicit Gate(const std::string& log)
      : audit(log),
        enforcer({verifier, audit, [this] { return policy; }}, false, 100) {
    walk.evidence.on_disk.artifacts = {SignedFile(key, "M")};
    if (!enforcer.Ask(walk.question).allow) Die("the image is refused");
  }

  void Ask() {
    if (!enforcer.Ask(walk.question).allow) Die("a call is refused");
  }

  TestKey key = TestKey::Make(KeyKind::kEcdsaP256);
  std::shared_ptr<const Policy> policy = MakePolicy(
      "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"a\"\n[signers.a]\n"
      "type = \"openssl\"\nkeys = [\"a.pub\"]\nfolder = \"/signatures\"\n",
      {{"a.pub", key}});
  Walk walk;
  IntactLayers layers;
  Verifier verifier{walk.resolver, walk.evidence, layers};
  AuditLog audit;
  Enforcer enforcer;
};

double CpuOfCall(Gate& gate) {
  const Cost before = OwnCost();
  for (int i = 0; i < kCalls; ++i) gate.Ask();
  return (OwnCost() - before).cpu / kCalls * 1e6;
}

double CallsPerSecond(Gate& gate) {
  const auto call = [&gate] {
    for (int i = 0; i < kCalls; ++i) gate.Ask();
  };
  const Cost before = OwnCost();
  std::thread other(call);
  call();
  other.join();
  return 2 * kCalls / (OwnCost() - before).wall;
}

// As the shim asks: a connection of its own, two descriptors with the frame.
class Asker {
 public:
  explicit Asker(const std::string& folder)
      : bundle_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        config_(::open("/etc/passwd", O_RDONLY | O_CLOEXEC)) {
    AskRequest request;
    request.kind = AskKind::kCreate;
    request.nonce.fill(3);
    request.patience = std::chrono::milliseconds(10'000);
    request.container_id = "c1";
    request.bundle = folder;
    request.runtime_name = "runc";
    frame_ = WriteAskRequest(request).value();
  }

  bool Allowed(const sockaddr_un& address) {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    std::array<char, ASSAY_ASK_REPLY_MOST> bytes{};
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0 ||
        !Send(fd.get())) {
      return false;
    }
    const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    const auto reply =
        ReadAskReply({bytes.data(), static_cast<std::size_t>(got)});
    return reply && reply->answer == AskAnswer::kAllow;
  }

 private:
  bool Send(int fd) {
    const std::array<int, 2> fds = {config_.get(), bundle_.get()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
    iovec part{frame_.data(), frame_.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fds);
    std::memcpy(CMSG_DATA(header), fds.data(), sizeof fds);
    return ::sendmsg(fd, &message, 0) == static_cast<ssize_t>(frame_.size());
  }

  UniqueFd bundle_, config_;
  std::string frame_;
};

double RoundTrip(Gate& gate, const std::string& folder) {
  const std::string path = folder + "/sock/ask.sock";
  auto listener = AskListener::Bind(path);
  if (!listener) Die(listener.error().detail);
  const AskServer server(*std::move(listener), gate.enforcer);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) Die("FOLDER is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Asker asker(folder);
  std::vector<double> times;
  for (int i = 0; i < kAsks; ++i) {
    const Cost before = OwnCost();
    if (!asker.Allowed(address)) Die("an ask is refused");
    times.push_back((OwnCost() - before).wall * 1e6);
  }
  return Median(times);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) Die("usage: warm_bench FOLDER");
  const std::string folder = argv[1];
  Gate gate(folder + "/audit/audit.jsonl");
  const double cpu = CpuOfCall(gate);
  const double rate = CallsPerSecond(gate);
  std::printf("%.2f %.0f %.0f\n", cpu, rate, RoundTrip(gate, folder));
}
