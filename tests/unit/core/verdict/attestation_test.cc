// The whole decision with attestations: real keys, statements and policies.
#include "base/bytes.h"
#include "core/verdict/signature_check.h"
#include "core/verdict/verifier.h"
#include "tests/support/attested.h"
#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

const TestKey& ImageKey() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

const TestKey& BuildKey() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

const TestKey& ScanKey() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

const std::string kSigners = R"(
[signers.release]
type = "openssl"
keys = ["release.pub"]
folder = "/signatures"
[signers.ci]
type = "sigstore-key"
keys = ["ci.pub"]
[signers.scan]
type = "sigstore-key"
keys = ["scan.pub"]
)";

const std::string kBuilt = R"(
[attestations.built]
predicate_type = "https://slsa.dev/provenance/v1"
signed_by = "ci"
where = [
  { path = "builder.id", operator = "equals", value = "us" },
  { path = "ref", operator = "glob", value = "refs/tags/*" },
]
)";

const std::string kGood = R"({"builder":{"id":"us"},"ref":"refs/tags/v1"})";
const std::string kBoth =
    R"({ all_of = ["release", { attestation = "built" }] })";

std::shared_ptr<const Policy> Requires(const std::string& require,
                                       const std::string& more = kBuilt) {
  return MakePolicy(
      "version = 1\n[[rule]]\nscope = \"registry.example.com/**\"\nrequire = " +
          require + "\n" + kSigners + more,
      {{"release.pub", ImageKey()},
       {"ci.pub", BuildKey()},
       {"scan.pub", ScanKey()}});
}

Verdict Decide(const std::shared_ptr<const Policy>& policy,
               std::vector<UntrustedArtifact> artifacts) {
  Walk walk;
  walk.evidence.on_disk.artifacts = std::move(artifacts);
  return walk.Decide(policy);
}

// Of an image that `release` has signed, with these besides.
Verdict DecideSigned(const std::shared_ptr<const Policy>& policy,
                     std::vector<UntrustedArtifact> artifacts) {
  artifacts.push_back(SignedFile(ImageKey(), "M"));
  return Decide(policy, std::move(artifacts));
}

Reason ReasonFor(const SignedStatement& statement,
                 const TestKey& key = BuildKey()) {
  const auto policy = Requires(kBoth);
  const Reason legacy = DecideSigned(policy, {statement.Legacy(key)}).reason();
  CHECK(DecideSigned(policy, {statement.Bundle(key)}).reason() == legacy);
  return legacy;
}

}  // namespace

TEST_CASE("a signature and an attestation, in either form") {
  const SignedStatement good{kGood};
  for (const auto& artifact :
       {good.Legacy(BuildKey()), good.Bundle(BuildKey())}) {
    const Verdict verdict = DecideSigned(Requires(kBoth), {artifact});
    INFO(verdict.Line());
    REQUIRE(verdict.accepted());
    CHECK(verdict.reason() == Reason::kSigned);
    REQUIRE(verdict.proof()->signatures().size() == 1);
    CHECK(verdict.proof()->signatures()[0].signer() == "release");
    REQUIRE(verdict.proof()->attestations().size() == 1);
    const ProvenAttestation& proven = verdict.proof()->attestations()[0];
    CHECK(proven.name() == "built");
    CHECK(proven.predicate_type() == kProvenance);
    REQUIRE(proven.signatures().size() == 1);
    CHECK(proven.signatures()[0].signer() == "ci");
    CHECK(proven.signatures()[0].target() == Digest::Of("M"));
    CHECK(verdict.trail().requirement == "all of (release, attestation built)");
  }
}

TEST_CASE("both versions of statements, and an index's digest") {
  SignedStatement statement{kGood};
  statement.type = "https://in-toto.io/Statement/v0.1";
  CHECK(ReasonFor(statement) == Reason::kSigned);
  statement.type = "https://in-toto.io/Statement/v2";
  CHECK(ReasonFor(statement) == Reason::kAttestationUnsigned);
  statement = {kGood};
  statement.subject = "I";
  CHECK(ReasonFor(statement) == Reason::kSigned);
}

TEST_CASE("an attestation that is not what the rule asks for") {
  const SignedStatement good{kGood};
  CHECK(DecideSigned(Requires(kBoth), {}).reason() ==
        Reason::kAttestationMissing);
  CHECK(ReasonFor(good, ScanKey()) == Reason::kAttestationUnsigned);
  CHECK(ReasonFor(good, ImageKey()) == Reason::kAttestationUnsigned);
  SignedStatement other = good;
  other.subject = "another image";
  CHECK(ReasonFor(other) == Reason::kAttestationUnsigned);
  other = good;
  other.predicate_type = std::string(kProvenance) + "/";
  CHECK(ReasonFor(other) == Reason::kAttestationMissing);
  other = good;
  other.payload_type = "text/plain";
  CHECK(ReasonFor(other) == Reason::kAttestationUnsigned);
  for (const auto* predicate :
       {"", "null", "{}", "[]", R"("text")",
        R"({"builder":{"id":"them"},"ref":"refs/tags/v1"})",
        R"({"builder":{"id":"us"}})",
        R"({"builder":{"id":["us"]},"ref":"refs/tags/v1"})",
        R"({"builder":"us","ref":"refs/tags/v1"})"}) {
    INFO(predicate);
    other = {predicate};
    CHECK(ReasonFor(other) == Reason::kAttestationConstraint);
  }
  other = {R"({"builder":{"id":"them","id":"us"},"ref":"refs/tags/v1"})"};
  CHECK(ReasonFor(other) == Reason::kAttestationUnsigned);
}

TEST_CASE("a refusal names attestation, path, operator, value and finding") {
  const SignedStatement bad{
      R"({"builder":{"id":"them"},"ref":"refs/tags/v1"})"};
  const Verdict verdict =
      DecideSigned(Requires(kBoth), {bad.Legacy(BuildKey())});
  CHECK(verdict.detail() ==
        "built: builder.id equals 'us'; builder.id: is text 'them'");
  const Verdict stranger =
      DecideSigned(Requires(kBoth), {bad.Legacy(ScanKey())});
  CHECK(stranger.detail().find("built: signature-invalid at somewhere") == 0);
}

TEST_CASE("an attestation never is a signature, nor the other way about") {
  const SignedStatement good{kGood};
  // By the very key that signs images.
  const auto policy = Requires("\"ci\"", "");
  CHECK(Decide(policy, {good.Bundle(BuildKey())}).reason() ==
        Reason::kPredicateType);
  CHECK(Decide(policy, {good.Legacy(BuildKey())}).reason() ==
        Reason::kNoSignature);
  SignedStatement signature{"{}"};
  signature.predicate_type = std::string(kSignPredicateType);
  CHECK(Decide(policy, {signature.Bundle(BuildKey())}).accepted());
  CHECK(Decide(policy, {signature.Legacy(BuildKey())}).reason() ==
        Reason::kNoSignature);
  const auto both = Requires(R"({ all_of = ["ci", { attestation = "any" }] })",
                             "[attestations.any]\nsigned_by = \"ci\"\n"
                             "predicate_type = "
                             "\"https://slsa.dev/provenance/v1\"\n");
  CHECK(Decide(both, {signature.Bundle(BuildKey())}).reason() ==
        Reason::kAttestationMissing);
  CHECK_FALSE(Decide(both, {good.Bundle(BuildKey())}).accepted());
  CHECK(Decide(both, {signature.Bundle(BuildKey()), good.Bundle(BuildKey())})
            .accepted());
}

TEST_CASE("one statement must satisfy everything") {
  const SignedStatement first{R"({"builder":{"id":"us"},"ref":"x"})"};
  const SignedStatement second{R"({"builder":{"id":"x"},"ref":"refs/tags/1"})"};
  CHECK(DecideSigned(Requires(kBoth),
                     {first.Legacy(BuildKey()), second.Legacy(BuildKey())})
            .reason() == Reason::kAttestationConstraint);
  // What it says by one signer, who must sign by another.
  const SignedStatement good{kGood};
  CHECK(DecideSigned(Requires(kBoth),
                     {good.Legacy(ScanKey()), first.Bundle(BuildKey())})
            .reason() == Reason::kAttestationConstraint);
  // Bad ones beside a good one hide nothing.
  CHECK(DecideSigned(Requires(kBoth),
                     {first.Legacy(BuildKey()), good.Legacy(ScanKey()),
                      good.Bundle(BuildKey()), second.Bundle(BuildKey())})
            .accepted());
}

TEST_CASE("several must vouch for one and the same statement") {
  const std::string two =
      "[attestations.built]\n"
      "predicate_type = \"https://slsa.dev/provenance/v1\"\n"
      "signed_by = { all_of = [\"ci\", \"scan\"] }\n";
  const auto policy = Requires(kBoth, two);
  const SignedStatement one{R"({"n":1})"};
  const SignedStatement other{R"({"n":2})"};
  CHECK(DecideSigned(policy, {one.Legacy(BuildKey()), one.Bundle(ScanKey())})
            .accepted());
  CHECK(DecideSigned(policy, {one.Legacy(BuildKey()), one.Bundle(BuildKey())})
            .reason() == Reason::kAttestationUnsigned);
  CHECK(DecideSigned(policy, {one.Legacy(BuildKey()), other.Legacy(ScanKey())})
            .reason() == Reason::kAttestationUnsigned);
}

TEST_CASE("a verdict ends when a statement gets too old") {
  const auto policy =
      Requires(R"({ all_of = ["release", { attestation = "scanned" }] })",
               "[attestations.scanned]\nsigned_by = \"scan\"\n"
               "predicate_type = "
               "\"https://cosign.sigstore.dev/attestation/vuln/v1\"\n"
               "where = [{ path = \"metadata.scanFinishedOn\", operator = "
               "\"not_older_than\", value = \"7d\" }]\n");
  const auto scanned = [](std::int64_t days) {
    SignedStatement scan{R"({"metadata":{"scanFinishedOn":")" +
                         Rfc3339(kNow - std::chrono::seconds(days * 86'400)) +
                         R"("}})"};
    scan.predicate_type = "https://cosign.sigstore.dev/attestation/vuln/v1";
    return scan.Legacy(ScanKey());
  };
  const Verdict verdict = DecideSigned(policy, {scanned(6), scanned(2)});
  REQUIRE(verdict.accepted());
  // The later of two scans holds longer.
  CHECK(*verdict.proof()->valid_until() ==
        kNow + std::chrono::seconds(5 * 86'400));
  CHECK(DecideSigned(policy, {scanned(7)}).reason() ==
        Reason::kAttestationConstraint);
  CHECK(DecideSigned(policy, {scanned(-1)}).reason() ==
        Reason::kAttestationConstraint);
}

TEST_CASE("an attestation that stands alone is no signature either") {
  const auto policy =
      Requires(R"({ attestation = "built" })", kBuilt + "stands_alone = true");
  const Verdict verdict =
      Decide(policy, {SignedStatement{kGood}.Legacy(BuildKey())});
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kAttested);
  CHECK(verdict.proof()->signatures().empty());
  CHECK(Decide(policy, {SignedFile(ImageKey(), "M")}).reason() ==
        Reason::kAttestationMissing);
}

TEST_CASE("a missing signature is told before a missing attestation") {
  CHECK(Decide(Requires(kBoth), {SignedStatement{kGood}.Legacy(BuildKey())})
            .reason() == Reason::kNoSignature);
}

TEST_CASE("evidence that could not be read leaves it undetermined") {
  Walk walk;
  walk.evidence.on_disk = {{SignedFile(ImageKey(), "M")},
                           {Fail(Reason::kRegistryUnreachable)}};
  CHECK(walk.Decide(Requires(kBoth)).reason() == Reason::kRegistryUnreachable);
}

TEST_CASE("attestations are looked for only where a rule asks for one") {
  const auto with = PlacesOf(*Requires(kBoth)->rules()[0].require);
  CHECK(with.attestation_tag);
  CHECK(with.referrers);
  CHECK_FALSE(with.cosign_tag);
  const auto without = PlacesOf(*Requires("\"ci\"", "")->rules()[0].require);
  CHECK_FALSE(without.attestation_tag);
  CHECK(without.cosign_tag);
}

TEST_CASE("of several alternatives the attestation must be of the one met") {
  const auto policy = Requires(
      R"({ any_of = [{ all_of = ["release", { attestation = "built" }] },)"
      R"( { all_of = ["scan", { attestation = "sbom" }] }] })",
      kBuilt +
          "[attestations.sbom]\nsigned_by = \"scan\"\n"
          "predicate_type = \"https://spdx.dev/Document\"\n");
  SignedStatement sbom{R"("an SPDX document as text")"};
  sbom.predicate_type = "https://spdx.dev/Document";
  const SignedStatement built{kGood};
  CHECK(DecideSigned(policy, {built.Legacy(BuildKey())}).accepted());
  CHECK_FALSE(DecideSigned(policy, {sbom.Legacy(ScanKey())}).accepted());
  SignedStatement signature{"{}"};
  signature.predicate_type = std::string(kSignPredicateType);
  const Verdict verdict =
      Decide(policy, {signature.Bundle(ScanKey()), sbom.Legacy(ScanKey()),
                      built.Legacy(BuildKey())});
  REQUIRE(verdict.accepted());
  REQUIRE(verdict.proof()->attestations().size() == 1);
  CHECK(verdict.proof()->attestations()[0].name() == "sbom");
}
