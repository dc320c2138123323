// What an imported trust policy lets pass unsigned, through the whole walk.
#include "tests/support/built_image.h"
#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

const TestKey& Key() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

// The repository `open` is let pass; "key" signs by a key.
std::shared_ptr<const Policy> PolicyOf(const std::string& rule) {
  return MakePolicy(
      "version = 1\n[[rule]]\nscope = \"registry.example.com/**\"\n" + rule +
          "\n[signers.imported]\ntype = \"notation-policy\"\n"
          "policy = \"trustpolicy.json\"\n"
          "[signers.key]\ntype = \"openssl\"\nkeys = [\"a.pub\"]\n"
          "folder = \"/signatures\"\n",
      {{"a.pub", Key()}},
      {{"trustpolicy.json",
        R"({"version":"1.0","trustPolicies":[{"name":"dev",
            "registryScopes":["registry.example.com/open"],
            "signatureVerification":{"level":"skip"}}]})"}});
}

constexpr const char* kOpen = "registry.example.com/open:1";

}  // namespace

TEST_CASE("what is let pass is accepted for no signature") {
  Walk walk(kOpen);
  const Verdict verdict = walk.Decide(PolicyOf("require = \"imported\""));
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kAllowedByRule);
  CHECK(verdict.proof()->manifest());
  CHECK(walk.layers.checks == 1);
  CHECK(walk.evidence.network_reads == 0);
  REQUIRE(verdict.proof()->signatures().size() == 1);
  CHECK(verdict.proof()->signatures()[0].identity() == "waived");
}

TEST_CASE("another repository is not let pass") {
  Walk walk("registry.example.com/closed:1");
  const Verdict verdict = walk.Decide(PolicyOf("require = \"imported\""));
  CHECK(verdict.reason() == Reason::kNoStatement);
  CHECK(verdict.ending() == Ending::kRejected);
}

TEST_CASE("who lets pass does not sign for others") {
  Walk walk(kOpen);
  const auto policy =
      PolicyOf("require = { all_of = [\"imported\", \"key\"] }");
  CHECK(walk.Decide(policy).reason() == Reason::kThresholdNotMet);
  walk.evidence.on_disk.artifacts = {SignedFile(Key(), "M")};
  CHECK(walk.Decide(policy).reason() == Reason::kSigned);
}

// Where a base comes from is a claim, so that of a repository which passes
// unsigned would be anybody's to make.
TEST_CASE("who lets pass vouches for no base") {
  const BuiltImage image = Build({"1", "2"});
  Walk walk(kOpen);
  Subject& subject = *walk.resolver.subject;
  subject.config = Digest::Of(image.config);
  subject.images = {
      {image.digest(), ImageManifest::Parse(image.manifest).value(), {}}};
  subject.documents = {{image.digest(), image.manifest}};
  walk.bases.config = image.config;
  walk.bases.on_disk.candidates = {Build({"1"}).AsBase({kOpen})};
  const Verdict verdict =
      walk.Decide(PolicyOf("require = \"imported\"\nbase = \"imported\""));
  CHECK(verdict.ending() == Ending::kRejected);
  CHECK(verdict.reason() == Reason::kBaseUnsigned);
}
