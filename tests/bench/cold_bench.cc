// cold_bench ROOT IMAGE EVIDENCE N [PEER...]: N rounds of decisions about a
// signed image by a process that stays and has decided about its repository
// before, with a connection it keeps. EVIDENCE is "fetched", with nothing
// stored about the image: what the daemon does for an image it has never seen;
// or "stored": what it does for one it has no verdict for. The evidence store
// is in $TMPDIR and stays there. Policy, keys and registry hosts are those of
// the installation at ROOT; PEER is the program to compare with: see
// PrintInTurn. Without PEER: N decisions, no figures.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "io/config/node_config.h"
#include "io/evidence/evidence_collector.h"
#include "io/policy/policy_loader.h"
#include "io/registry/registry_resolver.h"
#include "io/report/request.h"
#include "tests/bench/measure.h"
#include "tests/support/temp_folder.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::bench;

namespace {

struct Node {
  explicit Node(const Paths& paths) {
    Diagnostics diagnostics;
    auto config = NodeConfig::Load(paths, diagnostics);
    policy = PolicyLoader(paths).Load(diagnostics);
    if (!config || policy == nullptr) Die(diagnostics.front().str());
    options.hosts_dirs = config->hosts_dirs;
  }

  std::shared_ptr<const Policy> policy;
  RegistryOptions options;
};

Question About(const std::string& image) {
  auto name = Reference::Parse(image);
  if (!name) Die("not an image: " + image);
  Question question = NewQuestion(Hook::kVerify, std::chrono::seconds(30));
  question.about = ReferenceClaim{*std::move(name), HostPlatform(), ""};
  return question;
}

EvidenceStoreOptions StoreOptions(const testing::TempFolder& folder) {
  EvidenceStoreOptions options;
  options.folder = folder / "evidence";
  return options;
}

EvidenceCollectorOptions CollectorOptions() {
  EvidenceCollectorOptions options;
  // Every round is about a new image: that this one was asked for must not
  // count, that its repository was does.
  options.remember = std::chrono::milliseconds(0);
  options.now = WallClock;
  return options;
}

class ColdDecision {
 public:
  ColdDecision(const Node& node, std::string image, bool stored)
      : policy_(node.policy),
        image_(std::move(image)),
        stored_(stored),
        registry_(node.options),
        resolver_(registry_),
        store_(StoreOptions(folder_)),
        collector_(store_, &registry_, CollectorOptions()) {
    auto subject = resolver_.Resolve(About(image_));
    if (!subject) Die(subject.error().detail);
    subject_ = std::make_shared<const Subject>(*std::move(subject));
  }

  Cost Measure() {
    const Verifier verifier(resolver_, collector_, layers_, bases_);
    const Question question = About(image_);
    const Cost before = OwnCost();
    const Verdict verdict = verifier.DecideSubject(question, subject_, policy_);
    const Cost cost = OwnCost() - before;
    if (!verdict.accepted()) Die("refused: " + verdict.Line());
    if (!stored_) Unstore();
    return cost;
  }

 private:
  // The store as it was, of which the daemon's is never empty. What was stored
  // is moved away, not deleted: ext4 looks long for a new inode among those
  // that were just freed, and a daemon that stores frees none.
  void Unstore() {
    bool any = false;
    const std::string away = store_.options().folder + "/../away";
    std::filesystem::create_directory(away);
    for (const char* part : {"blobs", ".assay/targets"}) {
      const std::string folder = store_.options().folder + "/" + part;
      for (const auto& entry :
           std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::filesystem::rename(entry, away + "/" + std::to_string(moved_++));
        any = true;
      }
    }
    if (!any) Die("nothing was stored");
  }

  std::shared_ptr<const Policy> policy_;
  std::string image_;
  bool stored_;
  int moved_ = 0;
  RegistryClient registry_;
  RegistryResolver resolver_;
  // Never removed either: it goes with $TMPDIR.
  const testing::TempFolder& folder_ = *new testing::TempFolder();
  EvidenceStore store_;
  EvidenceCollector collector_;
  std::shared_ptr<const Subject> subject_;
  test::GivenLayers layers_;
  test::GivenBases bases_;
};

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 4 ? std::atoi(argv[4]) : 0;
  if (rounds <= 0) Die("usage: cold_bench ROOT IMAGE EVIDENCE N [PEER...]");
  const std::string evidence = argv[3];
  if (evidence != "fetched" && evidence != "stored") Die("which evidence?");
  ColdDecision cold(Node(Paths(argv[1])), argv[2], evidence == "stored");
  const std::vector<std::string> peer(argv + 5, argv + argc);
  if (peer.empty()) {
    for (int i = 0; i < rounds; ++i) cold.Measure();
    return 0;
  }
  PrintInTurn(rounds, peer, [&] { return cold.Measure(); });
}
