#include "io/evidence/evidence_collector.h"

#include <atomic>
#include <thread>

#include "core/evidence/plain_payload.h"
#include "tests/support/catch.h"
#include "tests/unit/io/evidence/evidence_node.h"

using namespace assay;
using namespace assay::testing;
using namespace std::chrono_literals;

namespace {

const Digest kImage = Digest::Of("an image");

// EvidenceNode with questions about one image.
class Node : public EvidenceNode {
 public:
  using EvidenceNode::EvidenceNode;
  EvidenceRequest Request(Reach reach = Reach::kNetwork) const {
    return EvidenceNode::Request(kImage, reach);
  }
  EvidenceSet Collect(Reach reach = Reach::kNetwork) {
    return EvidenceNode::Collect(kImage, reach);
  }
};

std::string Fallback(const Digest& target) {
  return "manifests/" + ReferrersTag(target);
}

}  // namespace

TEST_CASE("the tags of both schemes") {
  CHECK(CosignTag(kImage) == "sha256-" + kImage.hex() + ".sig");
  CHECK(ReferrersTag(kImage) == "sha256-" + kImage.hex());
  const Digest longer = Digest::Of("x", HashAlgorithm::kSha512);
  CHECK(ReferrersTag(longer) == "sha512-" + longer.hex().substr(0, 64));
  CHECK(CosignTag(longer) == "sha512-" + longer.hex() + ".sig");
}

TEST_CASE("an image without signatures costs three questions, once") {
  Node node;
  CHECK(node.Collect(Reach::kDisk).artifacts.empty());
  CHECK(node.server.Asked().empty());
  const EvidenceSet set = node.Collect();
  CHECK(set.artifacts.empty());
  CHECK(set.failures.empty());
  CHECK(node.server.Asked().size() == 3);
  CHECK(node.Collect().failures.empty());
  CHECK(node.server.Asked().size() == 3);
  node.collector->Forget();
  CHECK(node.Collect().failures.empty());
  CHECK(node.server.Asked().size() == 6);
}

TEST_CASE("what a registry has is fetched, kept, and found without it") {
  Node node;
  const auto legacy =
      Sample(kImage, {"one", "two"}, ArtifactOrigin::kCosignTag);
  const auto by_api = Sample(kImage, {"bundle"});
  const auto by_tag = Sample(kImage, {"other bundle"});
  for (const auto& artifact : {legacy, by_api, by_tag}) {
    node.server.ServeArtifact(artifact);
  }
  node.server.Serve("manifests/" + CosignTag(kImage), std::string(kOciManifest),
                    legacy.manifest);
  node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex),
                    ArtifactServer::IndexOf({by_api}));
  node.server.Serve(Fallback(kImage), std::string(kOciIndex),
                    ArtifactServer::IndexOf({by_tag, by_api}));
  const EvidenceSet set = node.Collect();
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == 3);
  // Three questions, two manifests, four blobs: nothing twice.
  CHECK(node.server.Asked().size() == 9);
  std::set<std::string> where;
  for (const auto& artifact : set.artifacts) where.insert(artifact.where);
  CHECK(where.contains(node.server.Name().Repository() + ":" +
                       CosignTag(kImage)));
  CHECK(where.contains(node.server.Name().Repository() + "@" +
                       by_tag.digest.str()));

  EvidenceCollector offline(node.store, nullptr, {});
  CHECK(offline.Collect(node.Request(Reach::kDisk)).artifacts.size() == 3);
  const EvidenceSet unreachable = offline.Collect(node.Request());
  CHECK(unreachable.artifacts.size() == 3);
  REQUIRE(unreachable.failures.size() == 1);
  CHECK(unreachable.failures[0].reason == Reason::kEvidenceUnavailable);
}

TEST_CASE("the floor of questions by form") {
  Node node;
  auto request = node.Request();
  SECTION("legacy: 2") {
    const auto legacy = Sample(kImage, {"one"}, ArtifactOrigin::kCosignTag);
    node.server.ServeArtifact(legacy);
    node.server.Serve("manifests/" + CosignTag(kImage),
                      std::string(kOciManifest), legacy.manifest);
    request.places.referrers = false;
    CHECK(node.collector->Collect(request).artifacts.size() == 1);
    CHECK(node.server.Asked().size() == 2);
  }
  SECTION("legacy, signed without annotations: 1") {
    const std::string plain = PlainCosignPayload(node.server.Name(), kImage);
    const auto legacy = Sample(kImage, {plain}, ArtifactOrigin::kCosignTag);
    // The registry serves no blob.
    node.server.Serve("manifests/" + CosignTag(kImage),
                      std::string(kOciManifest), legacy.manifest);
    request.places.referrers = false;
    const EvidenceSet set = node.collector->Collect(request);
    CHECK(set.failures.empty());
    REQUIRE(set.artifacts.size() == 1);
    CHECK(set.artifacts[0].blobs.at(0).bytes == plain);
    CHECK(node.server.Asked().size() == 1);
    CHECK(node.store.Read(kImage).artifacts.at(0).blobs.at(0).bytes == plain);
  }
  SECTION("what only looks like those words is asked for") {
    std::string other = PlainCosignPayload(node.server.Name(), kImage);
    other.back() = ' ';
    const auto legacy = Sample(kImage, {other}, ArtifactOrigin::kCosignTag);
    node.server.Serve("manifests/" + CosignTag(kImage),
                      std::string(kOciManifest), legacy.manifest);
    request.places.referrers = false;
    const EvidenceSet set = node.collector->Collect(request);
    CHECK(set.artifacts.empty());
    REQUIRE(set.failures.size() == 1);
    CHECK(set.failures[0].reason == Reason::kRegistryNotFound);
    CHECK(node.server.Asked().size() == 2);
  }
  SECTION("bundle: 4 with the fallback tag") {
    const auto bundle = Sample(kImage, {"one"});
    node.server.ServeArtifact(bundle);
    node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex),
                      ArtifactServer::IndexOf({bundle}));
    request.places.cosign_tag = false;
    CHECK(node.collector->Collect(request).artifacts.size() == 1);
    CHECK(node.server.Asked().size() == 4);
  }
}

TEST_CASE("what is no signature of this image is left alone") {
  Node node;
  const auto foreign = Sample(Digest::Of("another image"), {"theirs"});
  auto sbom = Sample(kImage, {"sbom"});
  sbom.manifest = ManifestJson({"sbom"}, kImage.str(), "application/spdx+json");
  sbom.digest = Digest::Of(sbom.manifest);
  node.server.ServeArtifact(foreign);
  node.server.ServeArtifact(sbom);
  node.server.Serve(Fallback(kImage), std::string(kOciIndex),
                    ArtifactServer::IndexOf({foreign, sbom}));
  const EvidenceSet set = node.Collect();
  CHECK(set.artifacts.empty());
  CHECK(set.failures.empty());
  CHECK(node.server.Asked().size() == 5);  // no blob
}

TEST_CASE("what a registry gets wrong is a failure, never an artifact") {
  Node node;
  auto bundle = Sample(kImage, {"bundle"});
  const std::string index = ArtifactServer::IndexOf({bundle});
  Reason expected = Reason::kUnspecified;
  SECTION("another manifest") {
    bundle.manifest += "\n";
    expected = Reason::kEvidenceTampered;
  }
  SECTION("another blob") {
    bundle.blobs[0].bytes = "bundel";
    expected = Reason::kEvidenceTampered;
  }
  SECTION("no blob") {
    bundle.blobs.clear();
    expected = Reason::kRegistryNotFound;
  }
  node.server.ServeArtifact(bundle);
  node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex), index);
  SECTION("a blob beyond its cap") {
    bundle = Sample(kImage, {std::string(limits::kArtifactBlobBytes + 1, 'x')});
    node.server.ServeArtifact(bundle);
    node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex),
                      ArtifactServer::IndexOf({bundle}));
    expected = Reason::kEvidenceTooLarge;
  }
  SECTION("a fallback tag that is no index") {
    node.server.Serve(Fallback(kImage), std::string(kOciIndex), "[]");
    expected = Reason::kManifestMalformed;
  }
  SECTION("not this time") {
    node.server.Serve(Fallback(kImage), "text/plain", "no", 403);
    expected = Reason::kRegistryUnauthorized;
  }
  const EvidenceSet set = node.Collect();
  REQUIRE(set.failures.size() == 1);
  INFO(set.failures[0].detail);
  CHECK(Describe(set.failures[0].reason).id == Describe(expected).id);
  // And it is asked again, not remembered as "nothing there".
  const std::size_t asked = node.server.Asked().size();
  node.Collect();
  CHECK(node.server.Asked().size() > asked);
}

TEST_CASE("ten thousand referrers end at the cap, and are told") {
  Node node;
  std::vector<FoundArtifact> many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back(Sample(kImage, {"blob " + std::to_string(i)}));
  }
  node.server.Serve(Fallback(kImage), std::string(kOciIndex),
                    ArtifactServer::IndexOf(many));
  const EvidenceSet set = node.Collect();
  CHECK(node.server.Asked().size() == 3 + limits::kArtifactsPerImage);
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kEvidenceTooMany);
}

TEST_CASE("a registry that is not there fails by the deadline") {
  Node node;
  node.server.delay_ms = 5000;
  auto request = node.Request();
  const auto began = std::chrono::steady_clock::now();
  request.deadline = began + 200ms;
  const EvidenceSet set = node.collector->Collect(request);
  CHECK(std::chrono::steady_clock::now() - began < 3s);
  REQUIRE_FALSE(set.failures.empty());
  CHECK(set.failures[0].reason == Reason::kDeadline);
}

TEST_CASE("two hundred askers of one image make one fetch") {
  Node node;
  const auto bundle = Sample(kImage, {"bundle"});
  node.server.ServeArtifact(bundle);
  node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex),
                    ArtifactServer::IndexOf({bundle}));
  node.server.delay_ms = 300;
  std::atomic<int> found{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 200; ++i) {
    askers.emplace_back([&] {
      const EvidenceSet set = node.Collect();
      if (set.artifacts.size() == 1 && set.failures.empty()) ++found;
    });
  }
  for (std::thread& asker : askers) asker.join();
  CHECK(found == 200);
  CHECK(node.server.Asked().size() == 5);
}

TEST_CASE("a store that cannot be written does not lose what was fetched") {
  Node node;
  const auto bundle = Sample(kImage, {"bundle"});
  node.server.ServeArtifact(bundle);
  node.server.Serve("referrers/" + kImage.str(), std::string(kOciIndex),
                    ArtifactServer::IndexOf({bundle}));
  node.folder.Write("evidence", "a file is in the way");
  const EvidenceSet set = node.Collect();
  REQUIRE(set.artifacts.size() == 1);
  CHECK(set.artifacts[0].blobs[0].bytes == "bundle");
  bool told = false;
  for (const Error& error : set.failures) {
    told |= error.reason == Reason::kEvidenceStoreFailed;
  }
  CHECK(told);
}

TEST_CASE("detached signatures are found by digest in folders") {
  const TempFolder folder;
  EvidenceStore store(EvidenceStoreOptions{folder / "evidence"});
  EvidenceCollector collector(store, nullptr, {});
  const auto name = *Reference::Parse("registry.example.com/team/app");
  EvidenceRequest request{name, {kImage}, {}, Reach::kNetwork, {}};
  request.places.folders = {folder / "sigs"};
  EvidenceSet set = collector.Collect(request);
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kFileUnreadable);

  folder.Write("sigs/sha256-" + kImage.hex() + ".sig", "plain");
  const std::string lookaside = "sigs/team/app@sha256=" + kImage.hex();
  folder.Write(lookaside + "/signature-1", "first");
  folder.Write(lookaside + "/signature-2", "second");
  folder.Write(lookaside + "/signature-4", "after a gap");
  set = collector.Collect(request);
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == 3);
  CHECK(set.artifacts[0].origin == ArtifactOrigin::kDetachedFile);
  CHECK(set.artifacts[0].blobs[0].bytes == "plain");
  CHECK(set.artifacts[2].blobs[0].bytes == "second");
  CHECK_FALSE(set.artifacts[0].manifest);

  for (std::size_t i = 3; i <= limits::kSignatureLayers + 3; ++i) {
    folder.Write(lookaside + "/signature-" + std::to_string(i), "more");
  }
  folder.Write("sigs/sha256-" + kImage.hex() + ".sig",
               std::string(limits::kArtifactBlobBytes + 1, 'x'));
  set = collector.Collect(request);
  CHECK(set.artifacts.size() == limits::kSignatureLayers);
  REQUIRE(set.failures.size() == 2);
  CHECK(set.failures[0].reason == Reason::kEvidenceTooLarge);
  CHECK(set.failures[1].reason == Reason::kEvidenceTooMany);
}
