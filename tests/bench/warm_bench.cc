// warm_bench FOLDER: what a decision costs whose verdict is kept, the audit log
// being a file in FOLDER. The container's records and layers are given, policy
// and signature are real. Prints CPU time of a call in us, calls a second on
// two threads, and the median time in us from an ask at the socket to its
// answer.
#include <cstdio>
#include <thread>

#include "daemon/ask_server.h"
#include "tests/bench/asker.h"
#include "tests/bench/measure.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::bench;
using namespace assay::test;

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
  explicit Gate(const std::string& folder)
      : audit(AuditFiles(folder + "/audit.jsonl", folder + "/state")),
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
  Verifier verifier{walk.resolver, walk.evidence, layers, walk.bases};
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

double RoundTrip(Gate& gate, const std::string& folder) {
  const std::string path = folder + "/sock/ask.sock";
  auto listener = AskListener::Bind(path);
  if (!listener) Die(listener.error().detail);
  const AskServer server(*std::move(listener), gate.enforcer);
  const Asker asker(path, folder, "/etc/passwd");
  std::vector<double> times;
  for (int i = 0; i < kAsks; ++i) {
    const Cost before = OwnCost();
    if (!asker.Refusal().empty()) Die("an ask is refused");
    times.push_back((OwnCost() - before).wall * 1e6);
  }
  return Median(times);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) Die("usage: warm_bench FOLDER");
  const std::string folder = argv[1];
  Gate gate(folder + "/audit");
  const double cpu = CpuOfCall(gate);
  const double rate = CallsPerSecond(gate);
  std::printf("%.2f %.0f %.0f\n", cpu, rate, RoundTrip(gate, folder));
}
