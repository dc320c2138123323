// What is fetched: used without being read back, and made up for when a power
// failure took it.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "io/evidence/evidence_store.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/sample_artifact.h"

using namespace assay;
using namespace assay::testing;

namespace {

const Digest kImage = Digest::Of("an image");

struct Kept {
  EvidenceSet set;
  Reason reason = Reason::kUnspecified;
};

class KeepingStore {
 public:
  Kept Keep(const FoundArtifact& artifact,
            Durability durability = Durability::kReplaceable) {
    Kept kept;
    const Status status =
        store.Keep(kImage, {*Open(artifact)}, durability, kept.set);
    if (!status) kept.reason = status.error().reason;
    return kept;
  }
  std::string Blob(const Digest& digest) const {
    return folder / ("blobs/sha256/" + digest.hex());
  }
  std::string Record() const {
    return folder / (".assay/targets/sha256/" + kImage.hex() + ".json");
  }

  TempFolder folder;
  EvidenceStore store{EvidenceStoreOptions{folder.path()}};
};

std::vector<std::string> Blobs(const EvidenceSet& set) {
  std::vector<std::string> blobs;
  for (const UntrustedArtifact& artifact : set.artifacts) {
    blobs.push_back(artifact.blobs.front().bytes);
  }
  std::sort(blobs.begin(), blobs.end());
  return blobs;
}

}  // namespace

TEST_CASE("what is kept comes with what was there, once each") {
  KeepingStore node;
  const auto first = Sample(kImage, {"first"});
  const auto second = Sample(kImage, {"second"}, ArtifactOrigin::kCosignTag);
  CHECK(Blobs(node.Keep(first).set) == std::vector<std::string>{"first"});
  const Kept both = node.Keep(second);
  CHECK(both.reason == Reason::kUnspecified);
  CHECK(both.set.failures.empty());
  CHECK(Blobs(both.set) == std::vector<std::string>{"first", "second"});
  CHECK(Blobs(node.Keep(second).set) == Blobs(both.set));
  CHECK(Blobs(node.store.Read(kImage)) == Blobs(both.set));
}

TEST_CASE("what a power failure tore is told, and whole after another fetch") {
  KeepingStore node;
  const auto artifact = Sample(kImage, {"payload"});
  REQUIRE(node.Keep(artifact).reason == Reason::kUnspecified);
  std::string torn;
  SECTION("the record") { torn = node.Record(); }
  SECTION("the manifest") { torn = node.Blob(artifact.digest); }
  SECTION("the blob") { torn = node.Blob(artifact.blobs[0].descriptor.digest); }
  std::filesystem::resize_file(torn, 0);
  const EvidenceSet damaged = node.store.Read(kImage);
  CHECK(damaged.artifacts.empty());
  REQUIRE(damaged.failures.size() == 1);
  CHECK(damaged.failures[0].reason == Reason::kEvidenceTampered);

  const Kept again = node.Keep(artifact);
  CHECK(again.set.failures.empty());
  CHECK(again.set.artifacts.size() == 1);
  const EvidenceSet whole = node.store.Read(kImage);
  CHECK(whole.failures.empty());
  CHECK(Blobs(whole) == std::vector<std::string>{"payload"});
}

TEST_CASE("what cannot be kept is used all the same, and said") {
  KeepingStore node;
  node.folder.Write("blobs", "a file is in the way");
  const Kept kept = node.Keep(Sample(kImage, {"payload"}));
  CHECK(kept.reason == Reason::kEvidenceStoreFailed);
  CHECK(Blobs(kept.set) == std::vector<std::string>{"payload"});
}

TEST_CASE("folders that have gone are made again") {
  KeepingStore node;
  REQUIRE(node.Keep(Sample(kImage, {"first"})).reason == Reason::kUnspecified);
  std::string gone;
  SECTION("all") { gone = node.folder.path(); }
  SECTION("blobs") { gone = node.folder / "blobs"; }
  SECTION("records") { gone = node.folder / ".assay/targets"; }
  std::filesystem::remove_all(gone);
  // Used at once, and kept at the latest the second time.
  const auto second = Sample(kImage, {"second"});
  CHECK(std::ranges::count(Blobs(node.Keep(second).set), "second") == 1);
  CHECK(node.Keep(second).reason == Reason::kUnspecified);
  CHECK(std::ranges::count(Blobs(node.store.Read(kImage)), "second") == 1);
}

TEST_CASE("a damaged neighbour is reported beside what is kept") {
  KeepingStore node;
  const auto victim = Sample(kImage, {"victim"});
  REQUIRE(node.Keep(victim).reason == Reason::kUnspecified);
  std::ofstream(node.Blob(victim.blobs[0].descriptor.digest)) << "Victim";
  const Kept kept = node.Keep(Sample(kImage, {"good"}));
  CHECK(kept.reason == Reason::kUnspecified);
  REQUIRE(kept.set.failures.size() == 1);
  CHECK(kept.set.failures[0].reason == Reason::kEvidenceTampered);
  CHECK(std::ranges::count(Blobs(kept.set), "good") >= 1);
}

TEST_CASE("both durabilities leave the same store and no temporary files") {
  KeepingStore node;
  const auto artifact = Sample(kImage, {"payload"});
  REQUIRE(node.Keep(artifact, Durability::kReplaceable).reason ==
          Reason::kUnspecified);
  REQUIRE(node.Keep(artifact, Durability::kSynced).reason ==
          Reason::kUnspecified);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(node.folder.path())) {
    CHECK(entry.path().string().find(".tmp.") == std::string::npos);
  }
  CHECK(Blobs(node.store.Read(kImage)) == std::vector<std::string>{"payload"});
}

// Who may push to a registry may not push another place's evidence out.
TEST_CASE("a flood from one place leaves what another has, and is told") {
  KeepingStore node;
  const auto signature =
      Sample(kImage, {"lookaside"}, ArtifactOrigin::kLookaside);
  REQUIRE(node.Keep(signature).reason == Reason::kUnspecified);
  std::vector<FoundArtifact> flood;
  for (std::size_t i = 0; i < limits::kArtifactsPerImage; ++i) {
    flood.push_back(Sample(kImage, {"flood " + std::to_string(i)}));
  }
  REQUIRE(node.store.Put(kImage, flood));
  const EvidenceSet full = node.store.Read(kImage);
  CHECK(full.failures.empty());
  CHECK(full.artifacts.size() == limits::kArtifactsPerImage + 1);
  CHECK(std::ranges::count(Blobs(full), "lookaside") == 1);

  const Kept more = node.Keep(Sample(kImage, {"one more"}));
  CHECK(more.reason == Reason::kUnspecified);
  REQUIRE(more.set.failures.size() == 1);
  CHECK(more.set.failures[0].reason == Reason::kEvidenceTooMany);
  CHECK(more.set.artifacts.size() == limits::kArtifactsPerImage + 1);
  CHECK(std::ranges::count(Blobs(more.set), "lookaside") == 1);
  CHECK(std::ranges::count(Blobs(more.set), "flood 0") == 0);
}
