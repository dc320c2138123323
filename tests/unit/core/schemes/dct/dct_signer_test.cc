#include "core/schemes/dct/dct_signer.h"

#include <deque>

#include "core/schemes/scheme_table.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"
#include "tests/unit/core/schemes/dct/pinned.h"

namespace assay {
namespace {

using test::JudgeOf;
using test::kRevokerNow;
using test::NamedFiles;
using test::NotaryKey;
using test::NotaryRepository;
using test::PinsOf;

// What a keeper would say, and what it was asked.
class Source : public TrustDataSource {
 public:
  Result<TrustData> kept = Fail(Reason::kNotFound);
  Result<TrustData> fetched = Fail(Reason::kDctUnavailable, "no answer");
  std::string calls;

  Result<TrustData> Kept(const TrustDataPlace& /*place*/) override {
    calls += 'k';
    return kept;
  }
  Result<TrustData> Fetch(const TrustDataPlace& place,
                          Deadline /*deadline*/) override {
    calls += place.claimed ? 'c' : 'f';
    return fetched;
  }
};

NotaryRepository Signed() {
  NotaryRepository made;
  made.images = {{"v1", "one"}, {"v2", "two"}};
  return made;
}

SigningTarget TargetOf(const NotaryRepository& made, Source& source,
                       const std::string& image = "one") {
  SigningTarget target{made.reference(), {Digest::Of(image)}, kRevokerNow};
  target.trust_data = {&source, Deadline{}};
  return target;
}

Findings Verify(const NotaryRepository& made, const SigningTarget& target,
                std::set<std::string> signers = {}) {
  const DctSigner signer(
      "release",
      std::make_shared<const dct::Judge>(JudgeOf(made, std::move(signers))), "",
      {});
  Findings findings;
  signer.Verify(target, {}, findings);
  return findings;
}

std::string InWords(const Findings& findings) {
  std::string text;
  for (const auto& one : findings.verified) text += one.target().str() + ";";
  for (const auto& one : findings.failed) {
    text += std::string(Describe(one.error.reason).id) + ";";
  }
  return text;
}

TEST_CASE("a tag that is signed verifies until the first document expires") {
  const auto made = Signed();
  Source source;
  source.kept = made.Make();
  const auto findings = Verify(made, TargetOf(made, source));
  REQUIRE(findings.verified.size() == 1);
  CHECK(findings.failed.empty());
  const auto& one = findings.verified.front();
  CHECK(one.target() == Digest::Of("one"));
  CHECK(one.valid_until() == kRevokerNow + std::chrono::hours(1000));
  CHECK(one.identity() ==
        "key:" + Digest::Of(made.root.keys.front().Spki()).str());
  CHECK(source.calls == "k");
}

TEST_CASE("the tag must be that image, a digest any tag's") {
  const auto made = Signed();
  Source source;
  source.fetched = source.kept = made.Make();
  auto target = TargetOf(made, source, "two");
  CHECK(InWords(Verify(made, target)) == "dct-target-other;");
  target.name = made.reference().WithDigest(Digest::Of("two"));
  CHECK(InWords(Verify(made, target)) == Digest::Of("two").str() + ";");
  target = TargetOf(made, source, "three");
  target.name = made.reference().WithDigest(Digest::Of("three"));
  CHECK(InWords(Verify(made, target)) == "dct-target-missing;");
  target.name = made.reference().WithTag("v7");
  CHECK(InWords(Verify(made, target)) == "dct-target-missing;");
}

TEST_CASE("an index that was signed stands for the image it lists") {
  const auto made = Signed();
  Source source;
  source.kept = made.Make();
  auto target = TargetOf(made, source, "manifest");
  target.digests.push_back(Digest::Of("one"));
  CHECK(InWords(Verify(made, target)) == Digest::Of("one").str() + ";");
}

TEST_CASE("the length that was signed is the document's") {
  auto made = Signed();
  made.edit = [](std::string_view role, Json::Object& content) {
    if (role != "targets") return;
    Json::Object file = *content.at("targets").Find("v1")->AsObject();
    file.insert_or_assign("length", Json(std::int64_t{4}));
    content.insert_or_assign("targets", Json(Json::Object{{"v1", Json(file)}}));
  };
  Source source;
  source.fetched = source.kept = made.Make();
  const std::map<Digest, std::string> documents = {{Digest::Of("one"), "one"}};
  auto target = TargetOf(made, source);
  target.documents = &documents;
  CHECK(InWords(Verify(made, target)) == "dct-mismatch;");
}

TEST_CASE("who waits is answered from what is kept, else it is asked for") {
  const auto made = Signed();
  auto old = Signed();
  old.images.erase("v1");
  Source source;
  auto target = TargetOf(made, source);
  CHECK(InWords(Verify(made, target)) == "dct-unavailable;");
  CHECK(source.calls == "kf");
  source.calls.clear();
  source.fetched = made.Make();
  CHECK(Verify(made, target).verified.size() == 1);
  CHECK(source.calls == "kf");
  target.trust_data.fetch_until.reset();
  source.calls.clear();
  CHECK(InWords(Verify(made, target)) == "dct-unavailable;");
  CHECK(source.calls == "k");
  target.trust_data.source = nullptr;
  CHECK(InWords(Verify(made, target)) == "dct-unavailable;");
}

TEST_CASE("who may wait asks first, and falls back to what is kept") {
  const auto made = Signed();
  Source source;
  source.fetched = made.Make();
  auto target = TargetOf(made, source);
  target.trust_data.anew = true;
  CHECK(Verify(made, target).failed.empty());
  CHECK(source.calls == "f");
  source.kept = source.fetched;
  source.fetched = Fail(Reason::kDctRollback, "older");
  source.calls.clear();
  CHECK(InWords(Verify(made, target)) ==
        Digest::Of("one").str() + ";dct-rollback;");
  CHECK(source.calls == "fk");
  // What the place says now is all that counts.
  auto gone = made;
  gone.images = {{"v2", "two"}};
  source.fetched = gone.Make();
  source.calls.clear();
  CHECK(InWords(Verify(made, target)) == "dct-target-missing;");
  CHECK(source.calls == "f");
  source.fetched = Fail(Reason::kDctRollback, "older");
  source.kept = Fail(Reason::kNotFound);
  CHECK(InWords(Verify(made, target)) == "dct-rollback;");
  target.trust_data.claimed = true;
  source.calls.clear();
  Verify(made, target);
  CHECK(source.calls == "ck");
}

TEST_CASE("what is kept does not hold for ever") {
  const auto made = Signed();
  Source source;
  source.kept = made.Make();
  auto target = TargetOf(made, source);
  target.now += std::chrono::hours(1000);
  CHECK(InWords(Verify(made, target)) == "dct-unavailable;dct-expired;");
}

TEST_CASE("all signers that are asked for must vouch") {
  auto made = Signed();
  for (const auto* role : {"targets/alice", "targets/bob"}) {
    made.delegations[role] = {{{NotaryKey::Bare(role)}}};
    made.delegations[role].images = {{"v1", "one"}};
  }
  Source source;
  source.kept = made.Make();
  const std::set<std::string> both = {"targets/alice", "targets/bob"};
  CHECK(Verify(made, TargetOf(made, source), both).verified.size() == 1);
  made.delegations["targets/bob"].images = {{"v1", "two"}};
  source.fetched = source.kept = made.Make();
  CHECK(InWords(Verify(made, TargetOf(made, source), both)) ==
        "dct-signer-missing;");
}

TEST_CASE("it signs images, nothing else") {
  const auto made = Signed();
  Source source;
  source.kept = made.Make();
  auto target = TargetOf(made, source);
  target.signatures = false;
  CHECK(InWords(Verify(made, target)).empty());
}

// --- what the policy says
// -----------------------------------------------------

NamedFiles Files() {
  NamedFiles files;
  const auto key = NotaryKey::ForRoot("registry.example.com/payments/api");
  files.texts["root.crt"] = key.party.Pem();
  std::string pem = test::TestKey::Of(KeyKind::kEcdsaP256).Pem();
  files.texts["plain.pub"] = pem;
  // As `docker trust key generate` writes it.
  pem.insert(pem.find('\n') + 1, "role: root\n\n");
  files.texts["docker.pub"] = pem;
  files.texts["private.pem"] =
      test::TestKey::Of(KeyKind::kEcdsaP256).PrivatePem();
  files.texts["ca.pem"] =
      test::Party::Root(test::CertificateSpec::Authority("ca", 1)).Pem();
  return files;
}

struct Read {
  std::unique_ptr<Signer> signer;
  Diagnostics diagnostics;
};

Read ReadSigner(const std::string& text) {
  Read read;
  const auto table =
      Toml::Parse("type = \"dct\"\n" + text, "p.toml", read.diagnostics);
  REQUIRE(table);
  auto files = Files();
  read.signer = FindScheme("dct")->read("r", *table, files, read.diagnostics);
  return read;
}

TEST_CASE("a policy pins a root by key, certificate, id or authority") {
  const std::string id(64, 'a');
  for (const auto& good :
       {std::string("root_keys = \"plain.pub\""),
        std::string("root_keys = [\"docker.pub\", \"root.crt\"]"),
        "root_key_ids = [\"" + id + "\"]", std::string("root_ca = \"ca.pem\""),
        std::string("root_keys = \"root.crt\"\n"
                    "server = \"https://notary.example.com:4443\"\n"
                    "signers = [\"alice\", \"targets/bob\"]\n"
                    "valid_until = 2030-01-01"),
        std::string("root_keys = \"root.crt\"\nmetadata = \"/srv/trust\"")}) {
    CAPTURE(good);
    const auto read = ReadSigner(good);
    CHECK(read.diagnostics.empty());
    REQUIRE(read.signer != nullptr);
    CHECK_FALSE(read.signer->Summary().empty());
  }
}

TEST_CASE("a header line does not change a key") {
  CHECK(PinsOf("root_keys = \"docker.pub\"", Files()).pins->str() ==
        PinsOf("root_keys = \"plain.pub\"", Files()).pins->str());
}

TEST_CASE("a policy that pins nothing, or not clearly, is refused") {
  for (const auto* bad :
       {"", "server = \"https://notary.example.com\"", "root_keys = []",
        "root_keys = \"absent.pub\"", "root_keys = \"private.pem\"",
        "root_key_ids = \"abc\"", "root_ca = \"root.crt\"",
        "root_keys = \"root.crt\"\nserver = \"notary.example.com\"",
        "root_keys = \"root.crt\"\nserver = \"https://a@b\"",
        "root_keys = \"root.crt\"\nserver = \"https://b/\"",
        "root_keys = \"root.crt\"\nmetadata = \"relative\"",
        "root_keys = \"root.crt\"\nmetadata = \"/a/../b\"",
        "root_keys = \"root.crt\"\nmetadata = \"/a\"\nserver = \"https://b\"",
        "root_keys = \"root.crt\"\nsigners = []",
        "root_keys = \"root.crt\"\nsigners = [\"a/b\"]",
        "root_keys = \"root.crt\"\nsigners = [\"a\", \"targets/a\"]",
        "root_keys = \"root.crt\"\nkeys = \"plain.pub\""}) {
    CAPTURE(bad);
    const auto read = ReadSigner(bad);
    CHECK(read.signer == nullptr);
    CHECK_FALSE(read.diagnostics.empty());
  }
}

// With the key identifiers that a strict path asks for.
test::CertificateSpec AuthoritySpec() {
  return test::CertificateSpec::Authority("ca", 1).With(
      {{"subjectKeyIdentifier", "0102"}});
}

test::CertificateSpec LeafSpec(const std::string& name,
                               const std::string& purpose = "codeSigning") {
  test::CertificateSpec spec;
  spec.name = name;
  spec.extensions = {{"keyUsage", "critical,digitalSignature"},
                     {"2.5.29.35", "DER:300480020102"},
                     {"extendedKeyUsage", purpose}};
  return spec;
}

TEST_CASE("every way to pin a root finds it") {
  const auto name = std::string("registry.example.com/payments/api");
  const auto authority = test::Party::Root(AuthoritySpec());
  auto made = Signed();
  made.root.keys = {{authority.Issue(LeafSpec(name)), true}};
  NamedFiles files;
  files.texts["ca.pem"] = authority.Pem();
  files.texts["root.crt"] = made.root.keys.front().party.Pem();
  const auto bare = dct::KeyId("ecdsa", *NotaryKey{made.root.keys.front().party}
                                             .Object()
                                             .Find("keyval")
                                             ->FindString("public"))
                        .value();
  for (const auto& pin :
       {std::string("root_ca = \"ca.pem\""),
        std::string("root_keys = \"root.crt\""),
        "root_key_ids = \"" + made.root.keys.front().Id() + "\"",
        "root_key_ids = \"" + bare + "\""}) {
    CAPTURE(pin);
    const dct::Judge judge(*PinsOf(pin, files).pins, {});
    const auto proven = judge.Prove(made.reference(), made.Make());
    CHECK(proven);
    auto other = Signed();
    const auto foreign = judge.Prove(other.reference(), other.Make());
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().reason == Reason::kDctRootUnpinned);
  }
}

TEST_CASE("an authority pins a leaf for signing code, while it is valid") {
  auto files = NamedFiles();
  auto expired = AuthoritySpec();
  expired.end = kRevokerNow - std::chrono::hours(1);
  const auto authority = test::Party::Root(expired);
  files.texts["ca.pem"] = authority.Pem();
  auto made = Signed();
  made.root.keys = {{authority.Issue(LeafSpec(made.name)), true}};
  const dct::Judge judge(*PinsOf("root_ca = \"ca.pem\"", files).pins, {});
  const auto proven = judge.Prove(made.reference(), made.Make());
  REQUIRE(proven);
  CHECK(proven->JudgeTime(kRevokerNow).error().reason == Reason::kDctExpired);
  CHECK(proven->JudgeTime(kRevokerNow - std::chrono::hours(2)));
  made.root.keys = {{authority.Issue(LeafSpec(made.name, "serverAuth")), true}};
  const auto server = judge.Prove(made.reference(), made.Make());
  REQUIRE_FALSE(server);
  CHECK(server.error().reason == Reason::kDctRootUnpinned);
}

}  // namespace
}  // namespace assay
