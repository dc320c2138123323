// What registries have of simple-signing signatures themselves. No registry
// that Debian packages speaks this, so that the tests' own server does.
#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/evidence/signature_list.h"
#include "io/evidence/lookaside.h"
#include "tests/support/catch.h"
#include "tests/unit/io/evidence/evidence_node.h"

namespace assay {
namespace {

using testing::EvidenceNode;

const Digest kSigned = Digest::Of("an image");
const Digest kItsIndex = Digest::Of("its index");

constexpr const char* kHasSignatures = "X-Registry-Supports-Signatures: 1\r\n";

std::string Entry(const std::string& name, const std::string& bytes,
                  const std::string& type = "atomic", int version = 2) {
  return R"({"schemaVersion":)" + std::to_string(version) + R"(,"name":")" +
         name + R"(","type":")" + type + R"(","content":")" +
         Base64Encode(bytes) + "\"}";
}
std::string NameOf(const std::string& id, const Digest& image = kSigned) {
  return image.str() + "@" + id;
}
std::string ListOf(const std::vector<std::string>& entries) {
  std::string list;
  for (const auto& entry : entries) list += (list.empty() ? "" : ",") + entry;
  return R"({"signatures":[)" + list + "]}";
}
std::string PathOf(const Digest& image) {
  return "/extensions/v2/app/signatures/" + image.str();
}

// A registry that has the list of the image, and a store beside it.
struct Registry {
  explicit Registry(const std::string& list, int status = 200) {
    node.server.ServeAt("/v2/", "application/json", "{}", 401, kHasSignatures);
    Serve(kSigned, list, status);
    ServeBeside("beside");
  }
  void Serve(const Digest& image, const std::string& list, int status = 200) {
    node.server.ServeAt(PathOf(image), "application/json", list, status);
  }
  void ServeBeside(const std::string& bytes, int status = 200) {
    node.server.Serve("app@sha256=" + kSigned.hex() + "/signature-1",
                      "application/octet-stream", bytes, status);
  }
  // As a signer of registries.d asks.
  EvidenceRequest Request() const {
    EvidenceRequest request = node.Request(kSigned);
    request.places = {};
    using Scopes = std::map<std::string, LookasideAddress, std::less<>>;
    request.places.lookasides.insert(std::make_shared<const LookasideStores>(
        Scopes(),
        *LookasideAddress::Parse("http://" + node.server.host() + "/v2/app")));
    return request;
  }
  std::size_t Asked(const std::string& part) const {
    const auto asked = node.server.Asked();
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(),
        [&](const auto& path) { return path.find(part) != path.npos; }));
  }

  EvidenceNode node;
};

std::vector<std::string> Contents(const EvidenceSet& set) {
  std::vector<std::string> bytes;
  for (const auto& artifact : set.artifacts) {
    CHECK(artifact.origin == ArtifactOrigin::kLookaside);
    for (const auto& blob : artifact.blobs) bytes.push_back(blob.bytes);
  }
  std::sort(bytes.begin(), bytes.end());
  return bytes;
}

using Texts = std::vector<std::string>;

TEST_CASE("a registry's own signatures are kept, and come instead of others") {
  Registry registry(
      ListOf({Entry(NameOf("a"), "first"), Entry(NameOf("b"), "second"),
              Entry(NameOf("c"), "of a later kind", "atomic", 3),
              Entry(NameOf("d"), "another's", "cosign")}));
  registry.Serve(kItsIndex, ListOf({Entry(NameOf("a", kItsIndex), "third")}));
  EvidenceRequest request = registry.Request();
  request.targets.push_back(kItsIndex);
  EvidenceSet set = registry.node.collector->Collect(request);
  CHECK(set.failures.empty());
  CHECK(Contents(set) == Texts{"first", "second", "third"});
  CHECK(registry.Asked("/extensions/") == 2);
  registry.node.NewQuestions();
  CHECK(Contents(registry.node.collector->Collect(request)).size() == 3);
  CHECK(registry.node.NewQuestions() == 0);

  registry.node.collector->Forget();
  registry.node.collector->Collect(request);
  CHECK(registry.Asked("/extensions/") == 4);
  const auto asked = registry.node.server.Asked();
  CHECK(std::count(asked.begin(), asked.end(), "/v2/") == 1);

  request.reach = Reach::kDisk;
  EvidenceCollector offline(registry.node.store, nullptr, {});
  CHECK(Contents(offline.Collect(request)).size() == 3);
}

TEST_CASE("a registry that announces nothing is asked for nothing") {
  for (const auto& [status, header] :
       {std::pair(200, ""), std::pair(404, kHasSignatures),
        std::pair(200, "X-Registry-Supports-Signatures: 10\r\n")}) {
    Registry registry(ListOf({Entry(NameOf("a"), "unannounced")}));
    registry.node.server.ServeAt("/v2/", "application/json", "{}", status,
                                 header);
    const EvidenceSet set =
        registry.node.collector->Collect(registry.Request());
    CHECK(set.failures.empty());
    CHECK(Contents(set) == Texts{"beside"});
    CHECK(registry.Asked("/extensions/") == 0);
  }
}

TEST_CASE("a store that the signer names itself is not replaced") {
  Registry registry(ListOf({Entry(NameOf("a"), "first")}));
  EvidenceRequest request = registry.Request();
  request.places.lookasides.insert(
      std::make_shared<const LookasideStores>(*LookasideAddress::Parse(
          "http://" + registry.node.server.host() + "/v2/app")));
  CHECK(Contents(registry.node.collector->Collect(request)) ==
        Texts{"beside", "first"});

  request.places.lookasides = {*std::find_if(
      request.places.lookasides.begin(), request.places.lookasides.end(),
      [](const auto& stores) { return !stores->registry_first(); })};
  registry.node.NewQuestions();
  registry.node.collector->Collect(request);
  CHECK(registry.node.NewQuestions() == 2);  // signature-1 and -2
}

TEST_CASE("a store of a registry that cannot be read leaves it open") {
  const std::string huge(limits::kIndexBytes + 1, ' ');
  for (const auto& [list, status, reason] :
       {std::tuple(std::string("{}"), 404, Reason::kRegistryNotFound),
        std::tuple(std::string("{}"), 403, Reason::kRegistryUnauthorized),
        std::tuple(std::string("{}"), 500, Reason::kRegistryUnreachable),
        std::tuple(std::string("{}"), 200, Reason::kRegistryProtocol),
        std::tuple(std::string("<html>"), 200, Reason::kRegistryProtocol),
        std::tuple(huge, 200, Reason::kEvidenceTooLarge)}) {
    Registry registry(list, status);
    const EvidenceSet set =
        registry.node.collector->Collect(registry.Request());
    INFO(status << " " << list.substr(0, 10));
    CHECK(Contents(set).empty());
    REQUIRE(set.failures.size() == 1);
    CHECK(set.failures[0].reason == reason);
  }
}

TEST_CASE("whether a registry has a store is left open when it fails") {
  Registry registry(ListOf({Entry(NameOf("a"), "first")}));
  registry.node.server.ServeAt("/v2/", "application/json", "{}", 403);
  const EvidenceSet set = registry.node.collector->Collect(registry.Request());
  // What is beside it may do, for whoever verifies it.
  CHECK(Contents(set) == Texts{"beside"});
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kRegistryUnauthorized);
}

// A registry that only an image names leads no further than a public server;
// which web server has its signatures is the operator's word, and of the name
// only the path goes there.
TEST_CASE("a claimed name decides no more than its own path") {
  const Registry registry(ListOf({Entry(NameOf("a"), "first")}));
  EvidenceRequest request = registry.Request();
  request.claimed = true;
  const EvidenceSet set = registry.node.collector->Collect(request);
  CHECK(Contents(set) == Texts{"beside"});
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kRegistryRealmRefused);
  CHECK(registry.Asked("/extensions/") == 0);
  CHECK(registry.Asked("") == registry.Asked("app@sha256=" + kSigned.hex()));
}

// The reasons of what was left out, of a list that has "good" as well.
std::vector<Reason> LeftOut(std::vector<std::string> entries) {
  entries.push_back(Entry(NameOf("good"), "good"));
  const auto list = SignatureList::Parse(ListOf(entries), kSigned);
  REQUIRE(list);
  CHECK(std::count_if(
            list->entries.begin(), list->entries.end(),
            [](const auto& entry) { return entry.bytes == "good"; }) == 1);
  std::vector<Reason> reasons;
  for (const Error& failure : list->failures) reasons.push_back(failure.reason);
  return reasons;
}

TEST_CASE("an entry that is not clear hides none of the others") {
  const std::vector<Reason> none;
  const std::vector<Reason> broken{Reason::kRegistryProtocol};
  CHECK(LeftOut({}) == none);
  CHECK(LeftOut({Entry("x", "", "other"), Entry("x", "", "atomic", 1)}) ==
        none);
  CHECK(LeftOut({Entry(NameOf("a", kItsIndex), "other image's")}) == broken);
  for (const std::string& name :
       {kSigned.str(), NameOf(""), NameOf("a b"), NameOf(std::string(600, 'a')),
        std::string("a"), std::string()}) {
    CHECK(LeftOut({Entry(name, "x")}) == broken);
  }
  CHECK(LeftOut({Entry(NameOf("a"), "x"), Entry(NameOf("a"), "y")}) == broken);
  CHECK(LeftOut({Entry(NameOf("a"), "")}) == broken);
  for (const char* entry :
       {"1", "null", "{}", R"({"schemaVersion":"2","type":"atomic"})",
        R"({"version":2,"type":"atomic"})",
        R"({"schemaVersion":2,"type":"atomic"})"}) {
    CHECK(LeftOut({entry}) == broken);
  }
  CHECK(
      LeftOut({R"({"schemaVersion":2,"type":"atomic","content":"*","name":")" +
               NameOf("a") + "\"}"}) == broken);
  const std::string large(limits::kOpenpgpMessageBytes + 1, 'x');
  CHECK(LeftOut({Entry(NameOf("a"), large)}) ==
        std::vector{Reason::kEvidenceTooLarge});
}

TEST_CASE("a list without end is cut off, and one of nothing is empty") {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i <= limits::kLookasideSignatures; ++i) {
    entries.push_back(Entry(NameOf(std::to_string(i)), "x"));
  }
  auto list = SignatureList::Parse(ListOf(entries), kSigned);
  REQUIRE(list);
  CHECK(list->entries.size() == limits::kLookasideSignatures);
  REQUIRE(list->failures.size() == 1);
  CHECK(list->failures[0].reason == Reason::kEvidenceTooMany);

  for (const char* empty : {R"({"signatures":[]})", R"({"signatures":null})"}) {
    list = SignatureList::Parse(empty, kSigned);
    REQUIRE(list);
    CHECK(list->entries.empty());
    CHECK(list->failures.empty());
  }
  for (const char* other :
       {"", "[]", "null", R"({"signatures":{}})", R"({"signatures":1})",
        R"({"signatures":[],"signatures":[]})"}) {
    const auto refused = SignatureList::Parse(other, kSigned);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::kRegistryProtocol);
  }
}

}  // namespace
}  // namespace assay
