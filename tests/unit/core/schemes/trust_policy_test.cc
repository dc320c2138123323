#include "core/schemes/notation/trust_policy.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

// The members of a statement, in a document whose first statement is well.
std::string With(const std::string& members) {
  return R"({"version":"1.0","trustPolicies":[
    {"name":"first","registryScopes":["registry.example.com/first"],
     "signatureVerification":{"level":"skip"}},
    {)" + members +
         "}]}";
}

const std::string kName = R"("name":"second",)";
const std::string kScopes = R"("registryScopes":["*"],)";
const std::string kStrict = R"("signatureVerification":{"level":"strict"},)";
const std::string kStores = R"("trustStores":["ca:acme","tsa:stamps"],)";
const std::string kAnyone = R"("trustedIdentities":["*"])";

std::string Verified(const std::string& verification) {
  return With(kName + kScopes + "\"signatureVerification\":" + verification +
              "," + kStores + kAnyone);
}

std::string Scoped(const std::string& scopes) {
  return With(kName + "\"registryScopes\":" + scopes + "," + kStrict + kStores +
              kAnyone);
}

std::string Stored(const std::string& stores) {
  return With(kName + kScopes + kStrict + "\"trustStores\":" + stores + "," +
              kAnyone);
}

std::string Identified(const std::string& identities) {
  return With(kName + kScopes + kStrict + kStores +
              "\"trustedIdentities\":" + identities);
}

TrustStatement Second(const std::string& text) {
  const auto policy = TrustPolicy::Parse(text);
  REQUIRE(policy);
  REQUIRE(policy->statements().size() == 2);
  return policy->statements().back();
}

TEST_CASE("a statement is read as it stands") {
  const auto one = Second(With(kName + kScopes + kStrict + kStores + kAnyone));
  CHECK(one.name == "second");
  CHECK(one.scopes == std::vector<std::string>{"*"});
  CHECK(one.level == "strict");
  CHECK_FALSE(one.skips);
  CHECK(one.always_stamped);
  REQUIRE(one.stores.size() == 2);
  CHECK(one.stores[0].kind == StoreKind::kAuthority);
  CHECK(one.stores[1].kind == StoreKind::kTimestamping);
  CHECK(one.stores[1].name == "stamps");
  CHECK(one.identities.anybody);
}

TEST_CASE("levels and overrides say what is enforced") {
  struct Case {
    std::string verification;
    CheckAction authenticity, times, expiry;
    RevocationRule revocation;
  };
  constexpr auto kEnforce = CheckAction::kEnforce;
  constexpr auto kNote = CheckAction::kNote;
  const auto one = GENERATE(values<Case>({
      {R"({"level":"strict"})", kEnforce, kEnforce, kEnforce,
       RevocationRule::kStrict},
      {R"({"level":"permissive"})", kEnforce, kNote, kNote,
       RevocationRule::kNote},
      {R"({"level":"audit"})", kNote, kNote, kNote, RevocationRule::kNote},
      {R"({"level":"strict","override":{"revocation":"skip"}})", kEnforce,
       kEnforce, kEnforce, RevocationRule::kOff},
      {R"({"level":"strict","override":{"expiry":"log","authenticity":"log"}})",
       kNote, kEnforce, kNote, RevocationRule::kStrict},
      {R"({"level":"audit","override":{"authenticTimestamp":"enforce",
           "revocation":"enforce"}})",
       kNote, kEnforce, kNote, RevocationRule::kStrict},
      {R"({"level":"permissive","override":{}})", kEnforce, kNote, kNote,
       RevocationRule::kNote},
  }));
  CAPTURE(one.verification);
  const auto read = Second(Verified(one.verification));
  CHECK(read.actions.authenticity == one.authenticity);
  CHECK(read.actions.times == one.times);
  CHECK(read.actions.expiry == one.expiry);
  CHECK(read.actions.revocation == one.revocation);
}

TEST_CASE("time stamps are asked for always, or when certificates are over") {
  CHECK(Second(Verified(R"({"level":"strict","verifyTimestamp":"always"})"))
            .always_stamped);
  CHECK_FALSE(Second(Verified(R"({"level":"audit","verifyTimestamp":)"
                              R"("afterCertExpiry"})"))
                  .always_stamped);
}

TEST_CASE("identities of plugins are nobody's here, but for AWS Signer's") {
  const auto one = Second(Identified(
      R"(["example.key: release","x509.subject: C=US, ST=WA, O=Acme",
          "arn:aws:signer:us-west-2:111122223333:/signing-profiles/Release",
          "arn:aws:signer:us-west-2:111122223333:/aliases/release"])"));
  CHECK_FALSE(one.identities.anybody);
  CHECK(one.identities.str() ==
        "C=US,O=Acme,ST=WA or "
        "arn:aws:signer:us-west-2:111122223333:/signing-profiles/release");
  const auto none = Second(Identified(R"(["example.key: release"])"));
  CHECK_FALSE(none.identities.anybody);
  CHECK(none.identities.str() == "nobody");
}

TEST_CASE("the statement that names a repository comes before that of all") {
  const auto policy =
      TrustPolicy::Parse(With(kName + kScopes + kStrict + kStores + kAnyone));
  REQUIRE(policy);
  const auto name = [&](std::string_view repository) {
    const auto* found = policy->Find(repository);
    return found == nullptr ? "none" : found->name;
  };
  CHECK(name("registry.example.com/first") == "first");
  CHECK(name("registry.example.com/first/x") == "second");
  CHECK(name("registry.example.com/FIRST") == "second");
  CHECK(name("*") == "second");
  const auto alone = TrustPolicy::Parse(
      R"({"version":"1.0","trustPolicies":[
          {"name":"a","registryScopes":["registry.example.com/a"],
           "signatureVerification":{"level":"skip"}}]})");
  REQUIRE(alone);
  CHECK(alone->Find("registry.example.com/a") != nullptr);
  CHECK(alone->Find("registry.example.com/b") == nullptr);
  CHECK(alone->Find("") == nullptr);
}

struct Refused {
  std::string text;
  std::string detail;  // its beginning
  Reason reason = Reason::kPolicyMalformed;
};

void CheckRefused(const Refused& one) {
  CAPTURE(one.text);
  const auto policy = TrustPolicy::Parse(one.text);
  REQUIRE_FALSE(policy);
  CHECK(policy.error().reason == one.reason);
  CHECK(policy.error().detail.substr(0, one.detail.size()) == one.detail);
}

TEST_CASE("what is wrong with a document is told with its place") {
  const std::string rest = kScopes + kStrict + kStores + kAnyone;
  CheckRefused(GENERATE_COPY(values<Refused>({
      {"", std::string(Describe(Reason::kJsonMalformed).sentence) + ": "},
      {R"({"version":"1.0","version":"1.0"})",
       std::string(Describe(Reason::kJsonDuplicate).sentence) + ": "},
      {"[]", "it must be an object"},
      {R"({"trustPolicies":[]})", "version: it is missing"},
      {R"({"version":"1.0"})", "trustPolicies: it must be a list"},
      {R"({"version":"1.0","trustPolicies":[]})", "trustPolicies: it must"},
      {R"({"version":"2.0","trustPolicies":[]})", "version: '2.0'",
       Reason::kPolicyUnsupported},
      {R"({"version":"1.0","trustPolicy":[]})",
       "unknown member 'trustPolicy'; did you mean 'trustPolicies'?"},
      {R"({"version":"1.0","trustPolicies":[1]})",
       "trustPolicies[0]: it must be an object"},
      {With(rest), "trustPolicies[1].name: it is missing"},
      {With(R"("name":"",)" + rest), "trustPolicies[1].name: it must be"},
      {With(R"("name":"first",)" + rest),
       "trustPolicies: two statements are called 'first'"},
      {With(R"("Name":"x",)" + rest),
       "trustPolicies[1]: unknown member 'Name'; did you mean 'name'?"},
      {With(kName + kScopes + kStores + kAnyone),
       "trustPolicies[1].signatureVerification: it is missing"},
      {With(kName + kStrict + kStores + kAnyone),
       "trustPolicies[1].registryScopes: it names no repository"},
      {With(kName + kScopes + kStrict + kStores + R"("trustedIdentities":[])"),
       "trustPolicies[1].trustedIdentities: it must name at least one"},
      {With(kName + kScopes + kStrict + kAnyone),
       "trustPolicies[1].trustStores: it must name at least one"},
  })));
}

TEST_CASE("what a level may not say") {
  const std::string at = "trustPolicies[1].signatureVerification";
  CheckRefused(GENERATE_COPY(values<Refused>({
      {Verified("{}"), at + ".level: it is missing"},
      {Verified(R"({"level":"Strict"})"),
       at + ".level: 'Strict' is not known; did you mean 'strict'?"},
      {Verified(R"({"level":"strict","timestamp":"always"})"),
       at + ": unknown member 'timestamp'"},
      {Verified(R"({"level":"strict","verifyTimestamp":"never"})"),
       at + ".verifyTimestamp: 'never' is not known"},
      {Verified(R"({"level":"strict","override":{"integrity":"log"}})"),
       at + ".override.integrity: it is always enforced"},
      {Verified(R"({"level":"strict","override":{"expiry":"skip"}})"),
       at + ".override.expiry: only revocation can be skipped"},
      {Verified(R"({"level":"strict","override":{"expiry":"warn"}})"),
       at + ".override.expiry: 'warn' is not known"},
      {Verified(R"({"level":"strict","override":{"expire":"log"}})"),
       at + ".override: unknown member 'expire'; did you mean 'expiry'?"},
      {Verified(R"({"level":"strict","override":[]})"),
       at + ".override: it must be an object"},
      {Verified(R"({"level":"skip","override":{"expiry":"log"}})"),
       at + ".override: nothing is left"},
  })));
}

TEST_CASE("what a scope may not say") {
  const std::string at = "trustPolicies[1].registryScopes";
  CheckRefused(GENERATE_COPY(values<Refused>({
      {Scoped(R"("*")"), at + ": it must be a list"},
      {Scoped(R"([""])"), at + "[0]: it must be a text"},
      {Scoped(R"(["*","registry.example.com/a"])"), at + ": '*' stands alone"},
      {Scoped(R"(["registry.example.com/*"])"), at + "[0]: "},
      {Scoped(R"(["registry.example.com"])"), at + "[0]: "},
      {Scoped(R"(["https://registry.example.com/a"])"), at + "[0]: "},
      {Scoped(R"(["registry.example.com/a:1"])"),
       at + "[0]: no image's repository is called 'registry.example.com/a:1' "
            "here; did you mean 'registry.example.com/a'?"},
      {Scoped(R"(["docker.io/alpine"])"),
       at + "[0]: no image's repository is called 'docker.io/alpine' here; did "
            "you mean 'docker.io/library/alpine'?"},
      {Scoped(R"(["Registry.example.com/a"])"), at + "[0]: no image's"},
      {Scoped(R"(["hub/a"])"), at + "[0]: no image's"},
      {Scoped(R"(["registry.example.com/a","registry.example.com/a"])"),
       "trustPolicies: the repository 'registry.example.com/a' is named twice"},
      {Scoped(R"(["registry.example.com/first"])"),
       "trustPolicies: the repository 'registry.example.com/first' is named"},
      {With(kName + kScopes + R"("signatureVerification":{"level":"skip"})"),
       at + ": a statement that skips must name its repositories"},
  })));
}

TEST_CASE("who may not be trusted") {
  const std::string at = "trustPolicies[1].";
  const std::string skip = kName +
                           R"("registryScopes":["registry.example.com/b"],)" +
                           R"("signatureVerification":{"level":"skip"},)";
  CheckRefused(GENERATE_COPY(values<Refused>({
      {With(skip + kAnyone),
       at + "trustedIdentities: a statement that skips trusts nobody"},
      {With(skip + R"("trustStores":["ca:acme"])"),
       at + "trustStores: a statement that skips trusts nobody"},
      {Stored(R"(["acme"])"), at + "trustStores[0]: 'acme' is no KIND:NAME"},
      {Stored(R"(["CA:acme"])"), at + "trustStores[0]: there is no kind 'CA'"},
      {Stored(R"(["signingauthority:acme"])"),
       at + "trustStores[0]: there is no kind 'signingauthority'; did you mean "
            "'signingAuthority'?"},
      {Stored(R"(["ca:.."])"), at + "trustStores[0]: the name of a store"},
      {Stored(R"(["ca:a/b"])"), at + "trustStores[0]: the name of a store"},
      {Stored(R"(["ca:"])"), at + "trustStores[0]: the name of a store"},
      {Identified(R"(["*","x509.subject: C=US,ST=WA,O=Acme"])"),
       at + "trustedIdentities: '*' stands alone"},
      {Identified(R"(["anybody"])"),
       at + "trustedIdentities[0]: 'anybody' is no KIND:VALUE"},
      {Identified(R"(["x509.subject:"])"),
       at + "trustedIdentities[0]: C is missing"},
      {Identified(R"(["x509.subject: C=US,ST=WA"])"),
       at + "trustedIdentities[0]: O is missing"},
      {Identified(R"(["x509.subject: C=US,ST=WA,O=Acme",
                      "x509.subject: C=US,ST=WA,O=Acme,CN=ci"])"),
       at + "trustedIdentities[1]: it and 'C=US,O=Acme,ST=WA' overlap"},
  })));
}

TEST_CASE("profiles of AWS Signer are compared as ARNs are") {
  const std::string profile =
      "arn:aws:signer:us-west-2:111122223333:/signing-profiles/release";
  const auto one = AwsProfile::Parse(profile);
  const auto version = AwsProfile::Parse(profile + "/Abc");
  REQUIRE(one);
  REQUIRE(version);
  CHECK_FALSE(one->has_version());
  CHECK(version->has_version());
  CHECK(one->Matches(*version));
  CHECK(version->Matches(*version));
  CHECK(version->Matches(*AwsProfile::Parse(profile + "/aBC")));
  CHECK_FALSE(version->Matches(*AwsProfile::Parse(profile + "/abd")));
  CHECK_FALSE(one->Matches(*AwsProfile::Parse(profile + "2/abc")));
  for (const auto* bad :
       {"", "*", "arn:aws:signer:us-west-2:111122223333:/signing-profiles/",
        "arn:aws:signer:us-west-2:111122223333:/signing-profiles//v",
        "arn:aws:signer:us-west-2:111122223333:/signing-profiles/a/",
        "arn:aws:signer:us-west-2:111122223333:/signing-profiles/a/b/c",
        "arn:aws:signer:us-west-2::/signing-profiles/a",
        "arn:aws:kms:us-west-2:111122223333:/signing-profiles/a",
        "arn:aws:signer:us-west-2:111122223333:/aliases/a"}) {
    CAPTURE(bad);
    CHECK_FALSE(AwsProfile::Parse(bad));
  }
}

}  // namespace
}  // namespace assay
