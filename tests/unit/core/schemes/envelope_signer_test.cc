// Whom signers of Notary Project envelopes ask, and what envelopes cost.
#include "core/schemes/notation/envelope_signer.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/notation/envelope.h"
#include "tests/support/revoker.h"
#include "tests/unit/core/schemes/imported_policy.h"

namespace assay {
namespace {

using test::CertificateSpec;
using test::kRevokerNow;
using test::Party;

// A root, and a leaf that it issued.
struct Issued {
  explicit Issued(const test::Extensions& more = {})
      : leaf(root.Issue(CertificateSpec{}.With(more))) {}

  Party root = Party::Root(CertificateSpec::Authority("root", 1));
  Party leaf;
};

const test::Extensions kPlaces{
    {"crlDistributionPoints", "URI:http://crl.example/a"},
    {"authorityInfoAccess", "OCSP;URI:http://ocsp.example/"}};

std::string Url64(std::string_view bytes) {
  std::string text = Base64Encode(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text.substr(0, text.find('='));
}

std::string Der64(const Party& party) {
  const std::string pem = party.Pem();
  std::string text;
  for (std::size_t at = pem.find('\n') + 1; pem[at] != '-'; ++at) {
    if (pem[at] != '\n') text += pem[at];
  }
  return text;
}

constexpr std::string_view kPlain =
    R"("crit":["io.cncf.notary.signingScheme"],
       "io.cncf.notary.signingScheme":"notary.x509",
       "io.cncf.notary.signingTime":"2026-05-01T00:00:00Z")";

constexpr std::string_view kAws =
    R"("crit":["io.cncf.notary.signingScheme",
       "io.cncf.notary.authenticSigningTime",
       "io.cncf.notary.verificationPlugin",
       "com.amazonaws.signer.signingProfileVersion",
       "com.amazonaws.signer.signingJob"],
       "io.cncf.notary.signingScheme":"notary.x509.signingAuthority",
       "io.cncf.notary.authenticSigningTime":"2026-05-01T00:00:00Z",
       "io.cncf.notary.verificationPlugin":
           "com.amazonaws.signer.notation.plugin",
       "com.amazonaws.signer.signingProfileVersion":
           "arn:aws:signer:us-west-2:111122223333:/signing-profiles/release/a1",
       "com.amazonaws.signer.signingJob":"job")";

// A JWS envelope over "M".
std::string Envelope(const Issued& by, std::string_view headers = kPlain) {
  const std::string head =
      R"({"alg":"ES256","cty":"application/vnd.cncf.notary.payload.v1+json",)" +
      std::string(headers) + "}";
  const std::string payload =
      R"({"targetArtifact":{"mediaType":"m","size":1,"digest":")" +
      Digest::Of("M").str() + "\"}}";
  const std::string text = Url64(head) + "." + Url64(payload);
  return R"({"protected":")" + Url64(head) + R"(","payload":")" +
         Url64(payload) + R"(","signature":")" + Url64(by.leaf.Sign(text)) +
         R"(","header":{"x5c":[")" + Der64(by.leaf) + "\",\"" + Der64(by.root) +
         "\"]}}";
}

UntrustedArtifact Artifact(const std::string& bytes,
                           std::string_view type = kJwsMediaType) {
  const Descriptor descriptor{std::string(type),
                              Digest::Of(bytes),
                              static_cast<std::int64_t>(bytes.size()),
                              "",
                              {},
                              {}};
  ImageManifest manifest{
      "", std::string(kNotationArtifactType), descriptor, {}, {}, {}};
  return {ArtifactOrigin::kReferrer,
          Digest::Of("M"),
          "there",
          std::move(manifest),
          {{descriptor, bytes}}};
}

// Counts who asks, and has no answer.
class Counter : public RevocationSource {
 public:
  Result<RevocationDocument> Kept(const RevocationPlace&) override {
    ++asked;
    return Fail(Reason::kNotFound);
  }
  Result<RevocationDocument> Fetch(const RevocationPlace&, Deadline) override {
    ++asked;
    return Fail(Reason::kRevocationUnknown);
  }

  int asked = 0;
};

struct Asked {
  Findings findings;
  int times = 0;
};

Asked Verify(const Signer& signer,
             const std::vector<UntrustedArtifact>& artifacts) {
  Asked asked;
  Counter counter;
  auto target = Target("registry.example.com/app:1");
  target.now = kRevokerNow;
  target.revocation = {&counter, Deadline{}};
  signer.Verify(target, artifacts, asked.findings);
  asked.times = counter.asked;
  return asked;
}

std::string Policy(const std::string& verification) {
  return R"({"version":"1.0","trustPolicies":[{"name":"all",
      "registryScopes":["*"],"signatureVerification":{)" +
         verification + R"(},"trustStores":["ca:acme","signingAuthority:acme"],
      "trustedIdentities":[)" +
         R"("arn:aws:signer:us-west-2:111122223333:/signing-profiles/release",)"
         R"("x509.subject: C=US,ST=WA,O=Acme"]}]})";
}

std::unique_ptr<Signer> Imported(const std::string& document,
                                 const Issued& trusted) {
  Files files;
  files.files["t.json"] = document;
  for (const auto* kind : {"ca", "signingAuthority"}) {
    files.files["truststore/x509/" + std::string(kind) + "/acme/root.pem"] =
        trusted.root.Pem();
  }
  auto read = Read(files, "policy = \"t.json\"");
  REQUIRE(read.signer != nullptr);
  return std::move(read.signer);
}

Reason FirstFailure(const Asked& asked) {
  REQUIRE_FALSE(asked.findings.failed.empty());
  return asked.findings.failed.front().error.reason;
}

bool HasFailed(const Asked& asked, Reason reason) {
  const auto& failed = asked.findings.failed;
  return std::any_of(failed.begin(), failed.end(), [&](const auto& one) {
    return one.error.reason == reason;
  });
}

TEST_CASE("nobody is asked where a stranger's certificates say") {
  const Issued trusted(kPlaces);
  const Issued stranger(kPlaces);
  const auto audit = Imported(kAudit, trusted);
  const auto strange = Verify(*audit, {Artifact(Envelope(stranger))});
  CHECK(strange.times == 0);
  CHECK(strange.findings.verified.size() == 1);
  CHECK(HasFailed(strange, Reason::kCertificateUntrusted));
  CHECK(HasFailed(strange, Reason::kRevocationUnknown));

  const auto known = Verify(*audit, {Artifact(Envelope(trusted))});
  CHECK(known.times > 0);
  CHECK(known.findings.verified.size() == 1);
}

TEST_CASE("of a stranger's certificates nothing is known") {
  const Issued trusted;
  const Issued stranger(kPlaces);
  const auto strict = Imported(
      Policy(R"("level":"strict","override":{"authenticity":"log"})"), trusted);
  const auto asked = Verify(*strict, {Artifact(Envelope(stranger))});
  CHECK(asked.times == 0);
  CHECK(asked.findings.verified.empty());
  CHECK(FirstFailure(asked) == Reason::kRevocationUnknown);
}

TEST_CASE("certificates that name no place to ask are noted") {
  const Issued trusted;
  const auto audit = Imported(kAudit, trusted);
  const auto asked = Verify(*audit, {Artifact(Envelope(trusted))});
  REQUIRE(asked.findings.verified.size() == 1);
  REQUIRE(asked.findings.failed.size() == 1);
  const Error& noted = asked.findings.failed.front().error;
  CHECK(noted.reason == Reason::kRevocationUnknown);
  CHECK(noted.detail == "only noted: /CN=leaf names no place to ask");
}

TEST_CASE("one envelope is judged once, however often it is there") {
  const Issued trusted;
  const Issued stranger;
  std::string permissive = kAudit;
  permissive.replace(permissive.find("audit"), 5, "permissive");
  const auto signer = Imported(permissive, trusted);
  const auto good = Envelope(trusted);
  std::vector<UntrustedArtifact> crowd(limits::kSignaturesTried,
                                       Artifact(Envelope(stranger)));
  crowd.push_back(Artifact(good));
  const auto crowded = Verify(*signer, crowd);
  CHECK(crowded.findings.verified.size() == 1);
  CHECK(FirstFailure(crowded) == Reason::kCertificateUntrusted);
  CHECK_FALSE(HasFailed(crowded, Reason::kEvidenceTooMany));

  const auto twice = Verify(*signer, {Artifact(good), Artifact(good)});
  CHECK(twice.findings.verified.size() == 1);
}

TEST_CASE("what only claims to be an envelope does not stand for it") {
  const Issued trusted;
  const auto signer = Imported(kAudit, trusted);
  const auto good = Artifact(Envelope(trusted));
  auto mistyped = good;
  mistyped.blobs.front().descriptor.media_type = kCoseMediaType;
  auto tampered = good;
  tampered.blobs.front().bytes += " ";
  auto doubled = good;
  doubled.blobs.push_back(good.blobs.front());
  const auto asked = Verify(*signer, {mistyped, tampered, doubled, good});
  CHECK(asked.findings.verified.size() == 1);
  CHECK(FirstFailure(asked) == Reason::kCborMalformed);
  CHECK(HasFailed(asked, Reason::kEvidenceTampered));
  CHECK(HasFailed(asked, Reason::kEnvelopeMalformed));
}

TEST_CASE("envelopes are no statements") {
  const Issued trusted;
  const auto signer = Imported(kAudit, trusted);
  auto target = Target("registry.example.com/app:1");
  target.now = kRevokerNow;
  target.signatures = false;
  Findings findings;
  const std::vector artifacts{Artifact(Envelope(trusted))};
  signer->Verify(target, artifacts, findings);
  CHECK(findings.verified.empty());
  CHECK(findings.failed.empty());
  target.signatures = true;
  signer->Verify(target, artifacts, findings);
  CHECK(findings.verified.size() == 1);
}

TEST_CASE("who trusts AWS Signer is told what to write about revocation") {
  const Issued trusted;
  const auto signer = Imported(Policy(R"("level":"strict")"), trusted);
  const auto asked = Verify(*signer, {Artifact(Envelope(trusted, kAws))});
  CHECK(FirstFailure(asked) == Reason::kPluginUnsupported);
  const auto& detail = asked.findings.failed.front().error.detail;
  CHECK(detail.find("revocation = \"off\"") != std::string::npos);
  CHECK(detail.find(R"("override": {"revocation": "skip"})") !=
        std::string::npos);
}

TEST_CASE("a native signer that asks nobody, or minds no silence, says so") {
  const Issued trusted;
  class RootFile : public Files {
   public:
    Result<std::vector<TrustFile>> Read(std::string_view name) override {
      return ReadPlain(name);
    }
  } files;
  files.files["root.pem"] = trusted.root.Pem();
  const auto warnings = [&](const std::string& revocation) {
    Diagnostics diagnostics;
    const auto table = Toml::Parse(
        "type = \"notation\"\ntrust_store = \"root.pem\"\nidentities = \"*\"\n"
        "revocation = \"" +
            revocation + "\"",
        "p.toml", diagnostics);
    REQUIRE(table);
    const auto signer =
        FindScheme("notation")->read("acme", *table, files, diagnostics);
    REQUIRE(signer != nullptr);
    return signer->Warnings();
  };
  CHECK(warnings("strict").empty());
  CHECK(warnings("soft-fail") ==
        std::vector<std::string>{
            "revocation = \"soft-fail\": allows certificates of which nobody "
            "can tell whether they are revoked"});
  CHECK(warnings("off") ==
        std::vector<std::string>{
            "revocation = \"off\": allows revoked certificates"});
}

}  // namespace
}  // namespace assay
