// What an exception of break-glass lifts, and what it does not.
#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string kUnsigned =
    "version = 1\n[[rule]]\nscope = \"registry.example.com/**\"\n"
    "require = \"a\"\n[signers.a]\ntype = \"openssl\"\nkeys = [\"a.pub\"]\n"
    "folder = \"/signatures\"\n";

// `more`: lines of the exception beside what it needs.
std::vector<PolicyException> Exceptions(
    const std::string& more = "",
    const std::string& scope = "registry.example.com/app") {
  Diagnostics problems;
  auto all = ReadBreakGlass(
      {{{"bg.toml", "version = 1\n[[exception]]\nscope = \"" + scope +
                        "\"\nreason = \"down\"\nwho = \"jo\"\nnot_before = " +
                        Rfc3339(kNow) + "\nexpires = " +
                        Rfc3339(kNow + std::chrono::hours(1)) + "\n" + more}}},
      problems);
  REQUIRE(all.size() == 1);
  return all;
}

struct Emergency {
  explicit Emergency(const std::string& policy_text = kUnsigned)
      : key(TestKey::Of(KeyKind::kEcdsaP256)),
        policy(MakePolicy(policy_text, {{"a.pub", key}})) {}

  Verdict Decide(std::vector<PolicyException> exceptions) {
    return walk.Decide(policy->With(std::move(exceptions)));
  }

  TestKey key;
  std::shared_ptr<const Policy> policy;
  Walk walk;
};

}  // namespace

TEST_CASE("an exception lets an unsigned image run, and says that it did") {
  Emergency node;
  CHECK(node.Decide({}).reason() == Reason::kNoSignature);
  const Verdict verdict = node.Decide(Exceptions());
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kAllowedByBreakGlass);
  CHECK(verdict.proof()->signatures().empty());
  REQUIRE(verdict.proof()->excepted() != nullptr);
  const Excepted& excepted = *verdict.proof()->excepted();
  CHECK(excepted.refused == Reason::kNoSignature);
  CHECK(excepted.who == "jo");
  CHECK(excepted.where.starts_with("bg.toml:2:"));
  CHECK(excepted.where.ends_with(" (registry.example.com/app)"));
  CHECK(verdict.proof()->valid_until() == kNow + std::chrono::hours(1));
  CHECK(verdict.trail().policy_fingerprint == node.policy->fingerprint());
}

TEST_CASE("an exception ends by the clock, and begins by it") {
  Emergency node;
  const auto at = [&](std::chrono::seconds after) {
    node.walk.question.now = kNow + after;
    return node.Decide(Exceptions()).reason();
  };
  CHECK(at(std::chrono::seconds(-1)) == Reason::kNoSignature);
  CHECK(at(std::chrono::seconds(0)) == Reason::kAllowedByBreakGlass);
  CHECK(at(std::chrono::seconds(3599)) == Reason::kAllowedByBreakGlass);
  CHECK(at(std::chrono::seconds(3600)) == Reason::kNoSignature);
  CHECK(at(-kNow.time_since_epoch()) == Reason::kClockImplausible);
}

TEST_CASE("what is verified is not said to be an exception") {
  Emergency node;
  node.walk.evidence.on_disk.artifacts = {SignedFile(node.key, "M")};
  CHECK(node.Decide(Exceptions()).reason() == Reason::kSigned);
  // Under any of its names.
  node.walk.resolver.subject->names.insert(
      node.walk.resolver.subject->names.begin(),
      Reference::Parse("registry.example.com/app:2").value());
  node.policy =
      MakePolicy(kUnsigned +
                     "[[rule]]\nscope = \"registry.example.com/app:2\"\n"
                     "action = \"reject\"\n",
                 {{"a.pub", node.key}});
  CHECK(node.Decide(Exceptions("", "registry.example.com/app:2")).reason() ==
        Reason::kSigned);
}

TEST_CASE("an exception lifts no doubt about what the image is") {
  Emergency node;
  node.walk.layers.status = Fail(Reason::kLayerDigestMismatch);
  const Verdict tampered = node.Decide(Exceptions());
  CHECK_FALSE(tampered.accepted());
  CHECK(tampered.reason() == Reason::kLayerDigestMismatch);
  node.walk.layers.status = Ok();
  node.walk.resolver.subject->images.clear();
  CHECK_FALSE(node.Decide(Exceptions()).accepted());
  for (const Reason reason :
       {Reason::kSubjectUnbound, Reason::kSubjectMountMismatch,
        Reason::kSubjectNoImage, Reason::kContainerUnknown,
        Reason::kConfigDigestMismatch, Reason::kManifestDigestMismatch}) {
    node.walk.resolver.subject = Fail(reason);
    const Verdict unbound = node.Decide(Exceptions());
    CHECK_FALSE(unbound.accepted());
    CHECK(unbound.reason() == reason);
  }
}

TEST_CASE("a signed image whose layers were changed is refused all the same") {
  Emergency node;
  node.walk.evidence.on_disk.artifacts = {SignedFile(node.key, "M")};
  node.walk.layers.status = Fail(Reason::kLayerDigestMismatch);
  CHECK(node.Decide(Exceptions()).reason() == Reason::kLayerDigestMismatch);
}

TEST_CASE("an exception is for its image, its namespace and its digest") {
  Emergency node;
  const auto reason = [&](const std::string& more, const std::string& scope) {
    return node.Decide(Exceptions(more, scope)).reason();
  };
  const std::string app = "registry.example.com/app";
  CHECK(reason("", app + ":1") == Reason::kAllowedByBreakGlass);
  CHECK(reason("", app + ":2") == Reason::kNoSignature);
  CHECK(reason("", "registry.example.com/other") == Reason::kNoSignature);
  CHECK(reason("namespaces = [\"shop\"]\n", app) == Reason::kNoSignature);
  node.walk.resolver.subject->workload.pod_namespace = "shop";
  CHECK(reason("namespaces = [\"shop\"]\n", app) ==
        Reason::kAllowedByBreakGlass);
  const auto digest = [](const std::string& of) {
    return "digest = \"" + Digest::Of(of).str() + "\"\n";
  };
  CHECK(reason(digest("M"), app) == Reason::kAllowedByBreakGlass);
  CHECK(reason(digest("I"), app) == Reason::kAllowedByBreakGlass);
  CHECK(reason(digest("X"), app) == Reason::kNoSignature);
  CHECK(reason(digest("C"), app) == Reason::kNoSignature);
}

TEST_CASE("of manifests of one configuration an exception is for its own") {
  Emergency node;
  auto& images = node.walk.resolver.subject->images;
  REQUIRE(images.size() == 1);
  SignableImage other = images.front();
  other.manifest = Digest::Of("X");
  other.indexes.clear();
  images.insert(images.begin(), other);
  const std::string app = "registry.example.com/app";
  const std::string meant = Digest::Of("M").str();
  for (const auto& exceptions :
       {Exceptions("", app + "@" + meant),
        Exceptions("digest = \"" + meant + "\"\n", app)}) {
    const Verdict verdict = node.Decide(exceptions);
    REQUIRE(verdict.accepted());
    CHECK(verdict.proof()->manifest() == Digest::Of("M"));
  }
}

TEST_CASE("what a rule forbids only a narrower exception lifts") {
  const auto with = [](const std::string& rule, const std::string& more,
                       const std::string& scope) {
    Emergency node("version = 1\n[[rule]]\n" + rule + "action = \"reject\"\n");
    node.walk.resolver.subject->workload.pod_namespace = "shop";
    return node.Decide(Exceptions(more, scope)).reason();
  };
  const std::string registry = "registry.example.com/**";
  const std::string app = "registry.example.com/app:1";
  CHECK(with("scope = \"**\"\n", "", registry) == Reason::kAllowedByBreakGlass);
  CHECK(with("scope = \"registry.example.com/**\"\n", "", app) ==
        Reason::kAllowedByBreakGlass);
  CHECK(with("scope = \"registry.example.com/**\"\n", "", registry) ==
        Reason::kRuleRejects);
  CHECK(with("scope = \"registry.example.com/app:1\"\n", "", app) ==
        Reason::kRuleRejects);
  const std::string shop = "scope = \"**\"\nnamespaces = [\"shop\"]\n";
  CHECK(with(shop, "", app) == Reason::kRuleRejects);
  CHECK(with(shop, "namespaces = [\"shop\"]\n", app) ==
        Reason::kAllowedByBreakGlass);
}

TEST_CASE("no rule, and a registry that cannot be asked, are lifted") {
  Emergency bare("version = 1\n");
  CHECK(bare.Decide({}).reason() == Reason::kNoRuleMatches);
  CHECK(bare.Decide(Exceptions()).reason() == Reason::kAllowedByBreakGlass);
  Emergency node;
  node.walk.evidence.in_registry.failures = {
      Fail(Reason::kRegistryUnreachable)};
  CHECK(node.Decide({}).ending() == Ending::kUndetermined);
  const Verdict verdict = node.Decide(Exceptions());
  REQUIRE(verdict.accepted());
  CHECK(verdict.proof()->excepted()->refused == Reason::kRegistryUnreachable);
}

TEST_CASE("an operator who asks what is verified is told the truth") {
  Emergency node;
  node.walk.question.hook = Hook::kVerify;
  CHECK(node.Decide(Exceptions()).reason() == Reason::kNoSignature);
  node.walk.question.hook = Hook::kUnspecified;
  CHECK(node.Decide(Exceptions()).reason() == Reason::kNoSignature);
}

TEST_CASE("a rule that only audits needs no exception") {
  Emergency audit("mode = \"audit\"\n" + kUnsigned);
  CHECK(audit.Decide(Exceptions()).reason() == Reason::kNoSignature);
}

TEST_CASE("a volume by exception makes the container one, too") {
  Emergency node;
  node.walk.evidence.on_disk.artifacts = {SignedFile(node.key, "M")};
  Subject volume = MakeSubject("registry.example.com/data:1");
  volume.images.front().manifest = Digest::Of("V");
  volume.mounted_at = "/data";
  node.walk.resolver.subject->volumes.push_back(volume);
  CHECK_FALSE(node.Decide({}).accepted());
  const Verdict verdict =
      node.Decide(Exceptions("", "registry.example.com/data"));
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kAllowedByBreakGlass);
  CHECK(verdict.proof()->excepted() == nullptr);
  REQUIRE(verdict.proof()->volumes().size() == 1);
  CHECK(verdict.proof()->volumes().front()->excepted() != nullptr);
  // An exception for the container is none for what it mounts.
  CHECK_FALSE(node.Decide(Exceptions()).accepted());
}
