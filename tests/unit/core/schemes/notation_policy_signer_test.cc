// The files of an imported trust policy, and what passes unsigned.
#include "core/policy/policy.h"
#include "tests/support/test_key.h"
#include "tests/unit/core/schemes/imported_policy.h"

namespace assay {
namespace {

std::string Why(Files& files, const std::string& keys) {
  const auto read = Read(files, keys);
  REQUIRE(read.signer == nullptr);
  REQUIRE(read.diagnostics.size() == 1);
  const auto& one = read.diagnostics.front();
  return std::string(Describe(one.reason).id) + " " + one.message;
}

TEST_CASE("the document is found as notation finds it") {
  Files files;
  const std::string keys = "policy = \"notation\"";
  CHECK(Why(files, keys) == "policy-key-unreadable notation is not there");
  files.files["notation/readme"] = "x";
  CHECK(Why(files, keys) ==
        "policy-key-unreadable notation holds no trustpolicy.json");
  files.files["notation/trustpolicy.json"] = kSkip;
  auto read = Read(files, keys);
  REQUIRE(read.signer != nullptr);
  CHECK(read.signer->Summary() ==
        "notation/trustpolicy.json: 'open' for registry.example.com/open, "
        "skip, unsigned");
  files.files["notation/trustpolicy.oci.json"] = "{";
  CHECK(Why(files, keys)
            .starts_with("policy-malformed notation/trustpolicy.oci.json: "));
  files.link = "notation/trustpolicy.oci.json";
  CHECK(Why(files, keys).starts_with("policy-key-unreadable"));
  files.link = "notation";
  CHECK(Why(files, keys) ==
        "policy-key-unreadable notation is no plain file and no folder");
}

TEST_CASE("stores stand beside the document, or where the policy says") {
  Files files;
  files.files["n/trustpolicy.json"] = kAudit;
  const std::string pem = test::TestKey::Of(KeyKind::kEcdsaP256).Certificate();
  const std::string keys = "policy = \"n/trustpolicy.json\"";
  CHECK(Why(files, keys) ==
        "policy-key-unreadable n/trustpolicy.json, statement 'all': "
        "n/truststore/x509/ca/acme is no folder, and links are not followed");
  const auto* place = GENERATE("n/truststore", "n/trust-store", "elsewhere");
  const std::string path = std::string(place) + "/x509/ca/acme/root.pem";
  const std::string with = keys + (place == std::string_view("elsewhere")
                                       ? "\ntrust_store = \"elsewhere\""
                                       : "");
  files.files[path] = "junk";
  CHECK(Why(files, with).starts_with("certificate-malformed"));
  files.files[path] = pem;
  const auto read = Read(files, with);
  REQUIRE(read.signer != nullptr);
  CHECK(read.signer->Warnings() ==
        std::vector<std::string>{"statement 'all' of n/trustpolicy.json (*): "
                                 "allows whoever signed, certificates that "
                                 "were not valid, expired signatures, revoked "
                                 "certificates"});
}

TEST_CASE("what a table of this type may not say") {
  Files files;
  files.files["t.json"] = kSkip;
  CHECK(Why(files, "").starts_with("policy-malformed"));
  CHECK(Why(files, "policy = [\"t.json\"]").starts_with("policy-malformed"));
  CHECK(Why(files, "policy = \"t.json\"\nidentities = \"*\"")
            .starts_with("policy-malformed"));
}

TEST_CASE("what is skipped passes in its repository and nowhere else") {
  Files files;
  files.files["t.json"] = kSkip;
  const auto read =
      Read(files, "policy = \"t.json\"\nvalid_until = 2026-07-01");
  REQUIRE(read.signer != nullptr);
  CHECK(read.signer->Warnings() ==
        std::vector<std::string>{"statement 'open' of t.json "
                                 "(registry.example.com/open): allows without "
                                 "a signature"});
  Findings findings;
  read.signer->Verify(Target("registry.example.com/open:1"), {}, findings);
  REQUIRE(findings.verified.size() == 2);  // one a digest
  for (const auto& one : findings.verified) {
    CHECK(one.waived());
    CHECK(one.identity() == "waived");
    CHECK(one.where() == "statement 'open' of t.json");
    CHECK(one.valid_until() == ParseRfc3339("2026-07-01T00:00:00Z"));
  }
  CHECK(Fulfilment{findings.verified, {}}.Basis() == Reason::kAllowedByRule);

  const auto refused = [&](const SigningTarget& target) {
    Findings found;
    read.signer->Verify(target, {}, found);
    REQUIRE(found.verified.empty());
    REQUIRE(found.failed.size() == 1);
    return found.failed.front().error.reason;
  };
  for (const auto* other :
       {"registry.example.com/open/x:1", "registry.example.com/ope:1",
        "registry.example.com:443/open:1", "open:1"}) {
    CHECK(refused(Target(other)) == Reason::kNoStatement);
  }
  auto claimed = Target("registry.example.com/open:1");
  claimed.may_waive = false;
  CHECK(refused(claimed) == Reason::kNoSignature);
  auto later = Target("registry.example.com/open:1");
  later.now = *ParseRfc3339("2026-07-01T00:00:00Z");
  CHECK(refused(later) == Reason::kKeyExpired);
  // Who is asked for statements alone lets nothing pass.
  auto unasked = Target("registry.example.com/open:1");
  unasked.signatures = false;
  Findings none;
  read.signer->Verify(unasked, {}, none);
  CHECK(none.verified.empty());
  CHECK(none.failed.empty());
}

// What is warned of for one statement of this level and these identities.
std::vector<std::string> WarningsOf(const std::string& verification,
                                    const std::string& identities = "\"*\"") {
  Files files;
  files.files["t.json"] =
      R"({"version":"1.0","trustPolicies":[
      {"name":"all","registryScopes":["*"],"signatureVerification":{)" +
      verification + R"(},"trustStores":["ca:acme"],"trustedIdentities":[)" +
      identities + "]}]}";
  files.files["truststore/x509/ca/acme/a.pem"] =
      test::TestKey::Of(KeyKind::kEcdsaP256).Certificate();
  const auto read = Read(files, "policy = \"t.json\"");
  REQUIRE(read.signer != nullptr);
  std::vector<std::string> warnings = read.signer->Warnings();
  constexpr std::string_view kLead = "statement 'all' of t.json (*): ";
  for (std::string& one : warnings) {
    REQUIRE(one.starts_with(kLead));
    one.erase(0, kLead.size());
  }
  return warnings;
}

TEST_CASE("every door of a statement is announced") {
  const auto doors = [](const std::string& verification) {
    const auto warnings = WarningsOf(verification);
    REQUIRE(warnings.size() < 2);
    return warnings.empty() ? "" : warnings.front();
  };
  const auto overriding = [&](const std::string& one) {
    return doors(R"("level":"strict","override":{)" + one + "}");
  };
  CHECK(doors(R"("level":"strict")").empty());
  CHECK(doors(R"("level":"permissive")") ==
        "allows certificates that were not valid, expired signatures, revoked "
        "certificates");
  CHECK(overriding(R"("authenticity":"log")") == "allows whoever signed");
  CHECK(overriding(R"("authenticTimestamp":"log")") ==
        "allows certificates that were not valid");
  CHECK(overriding(R"("expiry":"log")") == "allows expired signatures");
  CHECK(overriding(R"("revocation":"log")") == "allows revoked certificates");
  CHECK(overriding(R"("revocation":"skip")") == "allows revoked certificates");
}

TEST_CASE("identities that match nobody are announced") {
  const std::string strict = R"("level":"strict")";
  const std::string known = R"("x509.subject: C=US,ST=WA,O=Acme")";
  CHECK(WarningsOf(strict, known).empty());
  const std::string warning =
      "the identity 'example.key: x' is not understood and matches nobody";
  CHECK(WarningsOf(strict, known + R"(,"example.key: x")") ==
        std::vector{warning});
  CHECK(WarningsOf(strict, R"("example.key: x")") ==
        std::vector<std::string>{warning,
                                 "no identity is left that matches anybody"});
}

TEST_CASE("a policy warns of what it imports, and changes with it") {
  const PolicyFile file{"p.toml",
                        "version = 1\n[signers.acme]\n"
                        "type = \"notation-policy\"\npolicy = \"t.json\"\n"};
  const auto load = [&](Files files) {
    Diagnostics diagnostics;
    auto policy = Policy::Read({&file, 1}, files, diagnostics);
    REQUIRE(policy != nullptr);
    return policy;
  };
  Files files;
  files.files["t.json"] = kSkip;
  const auto skipping = load(files);
  CHECK(skipping->warnings() ==
        std::vector<std::string>{
            "signers.acme: statement 'open' of t.json "
            "(registry.example.com/open): allows without a signature"});
  files.files["t.json"] = kAudit;
  files.files["truststore/x509/ca/acme/a.pem"] =
      test::TestKey::Of(KeyKind::kEcdsaP256).Certificate();
  const auto audited = load(files);
  files.files["truststore/x509/ca/acme/b.pem"] =
      test::TestKey::Of(KeyKind::kEcdsaP384).Certificate();
  const auto more = load(files);
  CHECK(skipping->trust_fingerprint() != audited->trust_fingerprint());
  CHECK(audited->trust_fingerprint() != more->trust_fingerprint());
}

TEST_CASE("nobody counts as two who did not sign") {
  Files files;
  files.files["a.json"] = kSkip;
  std::vector<Requirement> parts;
  Findings findings;
  for (const auto* name : {"a", "b"}) {
    Diagnostics diagnostics;
    const auto table = Toml::Parse(
        "type = \"notation-policy\"\npolicy = \"a.json\"", "p", diagnostics);
    std::shared_ptr<const Signer> signer =
        FindScheme("notation-policy")->read(name, *table, files, diagnostics);
    REQUIRE(signer != nullptr);
    signer->Verify(Target("registry.example.com/open:1"), {}, findings);
    parts.emplace_back(signer);
  }
  const Requirement both(Requirement::Threshold{2, parts});
  CHECK_FALSE(both.Satisfy(findings.verified));
  const Requirement either(Requirement::Threshold{1, parts});
  CHECK(either.Satisfy(findings.verified));
}

}  // namespace
}  // namespace assay
