#include "io/evidence/lookaside.h"

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/io/evidence/evidence_node.h"

namespace assay {
namespace {

using testing::EvidenceNode;

const Digest kImage = Digest::Of("an image");
const Digest kIndex = Digest::Of("its index");

EvidenceRequest Request(const EvidenceNode& node, const std::string& store,
                        Reach reach = Reach::kNetwork) {
  EvidenceRequest request = node.Request(kImage, reach);
  request.places = {};
  request.places.lookasides.insert(
      std::make_shared<const LookasideStores>(*LookasideAddress::Parse(store)));
  return request;
}

// As the server of the tests serves it: below its repository "app".
std::string StoreOf(const EvidenceNode& node) {
  return "http://" + node.server.host() + "/v2/app";
}
std::string PathOf(const Digest& image, int number) {
  return "app@sha256=" + image.hex() + "/signature-" + std::to_string(number);
}
void Serve(EvidenceNode& node, const Digest& image, int number,
           const std::string& bytes, int status = 200) {
  node.server.Serve(PathOf(image, number), "application/octet-stream", bytes,
                    status);
}

std::vector<std::string> BytesIn(const EvidenceSet& set) {
  std::vector<std::string> bytes;
  for (const auto& artifact : set.artifacts) {
    CHECK(artifact.origin == ArtifactOrigin::kLookaside);
    for (const auto& blob : artifact.blobs) bytes.push_back(blob.bytes);
  }
  std::sort(bytes.begin(), bytes.end());
  return bytes;
}

TEST_CASE("a web server's signatures are fetched, kept and asked for no more") {
  EvidenceNode node;
  Serve(node, kImage, 1, "first");
  Serve(node, kImage, 2, "second");
  Serve(node, kImage, 4, "behind a gap");
  Serve(node, kIndex, 1, "of the index");
  EvidenceRequest request = Request(node, StoreOf(node));
  request.targets.push_back(kIndex);
  EvidenceSet set = node.collector->Collect(request);
  CHECK(set.failures.empty());
  CHECK(BytesIn(set) ==
        std::vector<std::string>{"first", "of the index", "second"});
  // Three of the image, two of the index, and nothing of a registry.
  CHECK(node.NewQuestions() == 5);
  set = node.collector->Collect(request);
  CHECK(set.artifacts.size() == 3);
  CHECK(node.NewQuestions() == 0);
  // From disk alone, as the one-shot decider does.
  request.reach = Reach::kDisk;
  EvidenceCollector offline(node.store, nullptr, {});
  CHECK(BytesIn(offline.Collect(request)).size() == 3);
}

TEST_CASE("a store that cannot be asked is no store without signatures") {
  EvidenceNode node;
  Serve(node, kImage, 1, "first");
  Serve(node, kImage, 2, "oops", 500);
  EvidenceSet set = node.collector->Collect(Request(node, StoreOf(node)));
  CHECK(BytesIn(set) == std::vector<std::string>{"first"});
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kLookasideFailed);

  Serve(node, kImage, 1, "elsewhere", 302);
  set = node.collector->Collect(Request(node, StoreOf(node)));
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kLookasideFailed);

  Serve(node, kImage, 1, std::string(limits::kOpenpgpMessageBytes + 1, 'x'));
  set = node.collector->Collect(Request(node, StoreOf(node)));
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kEvidenceTooLarge);

  set = node.collector->Collect(Request(node, "http://127.0.0.1:1/x"));
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kLookasideFailed);
}

TEST_CASE("a store without end is cut off") {
  EvidenceNode node;
  for (int i = 1; i <= static_cast<int>(limits::kLookasideSignatures) + 3;
       ++i) {
    Serve(node, kImage, i, "number " + std::to_string(i));
  }
  const EvidenceSet set = node.collector->Collect(Request(node, StoreOf(node)));
  CHECK(set.artifacts.size() == limits::kLookasideSignatures);
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kEvidenceTooMany);
}

TEST_CASE("two stores of one image are two questions") {
  EvidenceNode node;
  Serve(node, kImage, 1, "first");
  node.collector->Collect(Request(node, StoreOf(node) + "/other"));
  const EvidenceSet set = node.collector->Collect(Request(node, StoreOf(node)));
  CHECK(BytesIn(set) == std::vector<std::string>{"first"});
}

TEST_CASE("a registry and a store beside it are asked together") {
  EvidenceNode node;
  Serve(node, kImage, 1, "first");
  EvidenceRequest request = Request(node, StoreOf(node));
  request.places.cosign_tag = true;
  const EvidenceSet set = node.collector->Collect(request);
  CHECK(set.failures.empty());
  CHECK(BytesIn(set) == std::vector<std::string>{"first"});
  CHECK(node.NewQuestions() == 3);
}

TEST_CASE("a folder's signatures are read anew each time, from disk alone") {
  EvidenceNode node;
  const std::string store = "file://" + (node.folder / "sigs");
  EvidenceRequest request = Request(node, store, Reach::kDisk);
  CHECK(node.collector->Collect(request).failures.empty());
  node.folder.Write("sigs/" + PathOf(kImage, 1), "first");
  CHECK(BytesIn(node.collector->Collect(request)) ==
        std::vector<std::string>{"first"});
  node.folder.Write("sigs/" + PathOf(kImage, 2) + "/folder", "no file");
  const EvidenceSet set = node.collector->Collect(request);
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kLookasideFailed);
  CHECK(node.NewQuestions() == 0);
}

}  // namespace
}  // namespace assay
