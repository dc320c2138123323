// Attestations under cosign's tag: asked for only where they are wanted, kept
// and carried like signatures.
#include "io/evidence/evidence_archive.h"
#include "tests/support/catch.h"
#include "tests/unit/io/evidence/evidence_node.h"

using namespace assay;
using namespace assay::testing;

namespace {

const Digest kImage = Digest::Of("an image");
const Digest kNext = Digest::Of("the next image");

FoundArtifact Attested(const Digest& image) {
  return Sample(image, {"envelope"}, ArtifactOrigin::kAttestationTag);
}

// A node whose registry has attestations of both images, and a signature of
// the next one.
struct AttestedNode : EvidenceNode {
  AttestedNode() {
    for (const Digest& image : {kImage, kNext}) {
      const FoundArtifact attested = Attested(image);
      server.ServeArtifact(attested);
      server.Serve("manifests/" + AttestationTag(image),
                   std::string(kOciManifest), attested.manifest);
    }
    ServeTagged(Sample(kNext, {"payload"}, ArtifactOrigin::kCosignTag));
  }

  EvidenceRequest Wanting(const Digest& image,
                          Reach reach = Reach::kNetwork) const {
    EvidenceRequest request = Request(image, reach);
    request.places.attestation_tag = true;
    return request;
  }
};

}  // namespace

TEST_CASE("the tag of attestations") {
  CHECK(AttestationTag(kImage) == "sha256-" + kImage.hex() + ".att");
}

TEST_CASE("attestations cost a rule that asks for none nothing") {
  AttestedNode node;
  const EvidenceSet without = node.Collect(kImage);
  CHECK(without.artifacts.empty());
  CHECK(node.NewQuestions() == 3);
  // The places that were asked already are not asked again.
  const EvidenceSet with = node.collector->Collect(node.Wanting(kImage));
  REQUIRE(with.artifacts.size() == 1);
  CHECK(with.artifacts[0].origin == ArtifactOrigin::kAttestationTag);
  CHECK(with.artifacts[0].blobs.at(0).bytes == "envelope");
  CHECK(with.artifacts[0].where ==
        node.server.Name().Repository() + ":" + AttestationTag(kImage));
  CHECK(node.NewQuestions() == 2);
}

TEST_CASE("where attestations were is usual for who wants them") {
  AttestedNode node;
  node.collector->Collect(node.Wanting(kImage));
  node.NewQuestions();
  const EvidenceSet set =
      node.collector->Collect(node.Wanting(kNext, Reach::kUsual));
  CHECK(set.artifacts.size() == 1);
  CHECK(set.reach == Reach::kUsual);
  CHECK(node.NewQuestions() == 2);
  const EvidenceSet rest =
      node.collector->Collect(node.Wanting(kNext, Reach::kNetwork));
  CHECK(rest.artifacts.size() == 2);
  CHECK(rest.reach == Reach::kNetwork);
}

TEST_CASE("attestations are kept, exported and imported") {
  AttestedNode node;
  node.collector->Collect(node.Wanting(kImage));
  EvidenceCollector offline(node.store, nullptr, {});
  const EvidenceSet kept = offline.Collect(node.Wanting(kImage, Reach::kDisk));
  REQUIRE(kept.artifacts.size() == 1);
  CHECK(kept.artifacts[0].origin == ArtifactOrigin::kAttestationTag);

  const std::string archive = node.folder / "evidence.tar";
  const std::vector<Digest> images = {kImage};
  REQUIRE(ExportEvidence(node.store, images, archive));
  EvidenceStore there{EvidenceStoreOptions{node.folder / "there"}};
  const auto report = ImportEvidence(there, archive);
  REQUIRE(report);
  CHECK(report->refused.empty());
  const EvidenceSet carried = there.Read(kImage);
  REQUIRE(carried.artifacts.size() == 1);
  CHECK(carried.artifacts[0].origin == ArtifactOrigin::kAttestationTag);
  CHECK(carried.artifacts[0].blobs.at(0).bytes == "envelope");
}
