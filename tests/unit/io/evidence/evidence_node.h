// EvidenceNode: a registry, a client, a store and a collector over them.
#ifndef ASSAY_TESTS_UNIT_IO_EVIDENCE_EVIDENCE_NODE_H_
#define ASSAY_TESTS_UNIT_IO_EVIDENCE_EVIDENCE_NODE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/evidence/evidence_collector.h"
#include "io/evidence/registry_evidence.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/artifact_server.h"
#include "tests/unit/io/evidence/sample_artifact.h"

namespace assay::testing {

class EvidenceNode {
 public:
  explicit EvidenceNode(
      std::chrono::milliseconds remember = std::chrono::seconds(10),
      std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    EvidenceCollectorOptions options;
    options.remember = remember;
    options.patience = patience;
    options.now = [] { return Time(std::chrono::seconds(kSampleTime)); };
    collector =
        std::make_unique<EvidenceCollector>(store, &client, std::move(options));
  }

  EvidenceRequest Request(const Digest& image,
                          Reach reach = Reach::kNetwork) const {
    EvidenceRequest request{server.Name(), {image}, {}, reach, {}};
    request.places.cosign_tag = true;
    request.places.referrers = true;
    request.deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    return request;
  }
  EvidenceSet Collect(const Digest& image, Reach reach = Reach::kNetwork) {
    return collector->Collect(Request(image, reach));
  }

  // Puts artifacts where they would be found for their target.
  void ServeTagged(const FoundArtifact& artifact) {
    server.ServeArtifact(artifact);
    server.Serve("manifests/" + CosignTag(artifact.target),
                 std::string(kOciManifest), artifact.manifest);
  }
  void ServeByApi(const std::vector<FoundArtifact>& artifacts) {
    ServeList("referrers/" + artifacts.front().target.str(), artifacts);
  }
  void ServeByFallback(const std::vector<FoundArtifact>& artifacts) {
    ServeList("manifests/" + ReferrersTag(artifacts.front().target), artifacts);
  }

  // Questions since the last call of this.
  std::size_t NewQuestions() {
    const std::size_t before = std::exchange(told_, server.Asked().size());
    return told_ - before;
  }

  TempFolder folder;
  ArtifactServer server;
  EvidenceStore store{EvidenceStoreOptions{folder / "evidence", 1U << 30, 100,
                                           std::chrono::hours(1)}};
  RegistryClient client{RegistryOptions{}};
  std::unique_ptr<EvidenceCollector> collector;

 private:
  void ServeList(const std::string& where,
                 const std::vector<FoundArtifact>& artifacts) {
    for (const auto& artifact : artifacts) server.ServeArtifact(artifact);
    server.Serve(where, std::string(kOciIndex),
                 ArtifactServer::IndexOf(artifacts));
  }

  std::size_t told_ = 0;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_UNIT_IO_EVIDENCE_EVIDENCE_NODE_H_
