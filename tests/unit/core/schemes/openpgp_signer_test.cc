#include "core/schemes/openpgp/openpgp_signer.h"

#include "core/schemes/scheme_table.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/signing_fixture.h"
#include "tests/unit/core/trust/openpgp/recorded.h"

namespace assay {
namespace {

using namespace test;

// The keys that gpg made, and a registries.d.
class RecordedFiles : public TrustFiles {
 public:
  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    if (name == "both") {
      return std::vector<TrustFile>{{"both/rsa.gpg", Recorded("rsa.gpg")},
                                    {"both/ed.asc", Recorded("ed.asc")}};
    }
    if (name == "text") return std::vector<TrustFile>{{"text", "text"}};
    return std::vector<TrustFile>{
        {std::string(name), Recorded(std::string(name))}};
  }
  Result<std::vector<TrustFile>> ReadSettings(
      std::string_view folder, std::string_view /*ending*/) override {
    asked = folder;
    return settings;
  }
  std::string OnNode(std::string_view path) const override {
    return "/root" + std::string(path);
  }

  std::string asked;
  std::vector<TrustFile> settings;
};

std::unique_ptr<Signer> Read(const std::string& text, Diagnostics& diagnostics,
                             RecordedFiles& files) {
  const auto table =
      Toml::Parse("type = \"openpgp\"\n" + text, "p.toml", diagnostics);
  REQUIRE(table);
  return FindScheme("openpgp")->read("release", *table, files, diagnostics);
}

std::unique_ptr<Signer> SignerOf(const std::string& text) {
  Diagnostics diagnostics;
  RecordedFiles files;
  auto signer = Read(text, diagnostics, files);
  if (!signer) FAIL(diagnostics.front().str());
  return signer;
}

std::string ProblemOf(const std::string& text) {
  CAPTURE(text);
  Diagnostics diagnostics;
  RecordedFiles files;
  CHECK(Read(text, diagnostics, files) == nullptr);
  return diagnostics.empty() ? "none" : diagnostics.front().message;
}

SigningTarget Target(const std::string& name = "registry.example.com/app:1",
                     const std::string& date = "2026-01-15") {
  auto target = TargetOf();
  target.name = *Reference::Parse(name);
  target.now = Day(date);
  return target;
}

UntrustedArtifact Found(const std::string& file) {
  const std::string bytes = Recorded(file);
  return Artifact(ArtifactOrigin::kLookaside,
                  {{DescriptorOf("application/octet-stream", bytes), bytes}});
}

Reason ReasonFor(const Signer& signer, const std::string& file,
                 const SigningTarget& target = Target()) {
  return OnlyReason(Judge(signer, target, {Found(file)}));
}

TEST_CASE("an image that gpg signed is signed by the primary key") {
  const auto signer = SignerOf("keys = ['both', 'sub.gpg']");
  const auto findings = Judge(*signer, Target(),
                              {Found("atomic-rsa.sig"), Found("atomic-ed.sig"),
                               Found("atomic-sub.sig")});
  REQUIRE(findings.failed.empty());
  REQUIRE(findings.verified.size() == 3);
  for (const auto& signature : findings.verified) {
    CHECK(signature.identity().starts_with("openpgp:"));
    CHECK(signature.target() == ImageDigest());
    CHECK(signature.scheme() == "openpgp");
  }
  CHECK_FALSE(findings.verified[0].valid_until());
  CHECK(findings.verified[2].valid_until() == Day("2026-03-02"));
  // One key is one signer, however often it signed.
  const auto twice = Judge(*signer, Target(),
                           {Found("atomic-rsa.sig"), Found("atomic-rsa.sig")});
  REQUIRE(twice.verified.size() == 2);
  CHECK(twice.verified[0].identity() == twice.verified[1].identity());
}

TEST_CASE("what is not such a signature is refused by its reason") {
  const auto signer = SignerOf("keys = ['rsa.gpg', 'brief.gpg']");
  CHECK(ReasonFor(*signer, "atomic-rsa.sig") == Reason::kSigned);
  CHECK(ReasonFor(*signer, "atomic-other.sig") == Reason::kSignatureForeignKey);
  CHECK(ReasonFor(*signer, "atomic-other-type.sig") == Reason::kPayloadType);
  CHECK(ReasonFor(*signer, "rsa-sha256.sig") == Reason::kPayloadMalformed);
  CHECK(ReasonFor(*signer, "rsa-armored.sig") == Reason::kOpenpgpForm);
  CHECK(ReasonFor(*signer, "atomic-brief.sig",
                  Target("registry.example.com/app:1", "2026-02-01")) ==
        Reason::kKeyExpired);
  auto other = Target();
  other.digests = {Digest::Of("another manifest")};
  CHECK(ReasonFor(*signer, "atomic-rsa.sig", other) ==
        Reason::kSignatureOtherImage);
  // What is bad hides nothing that is good.
  const auto findings =
      Judge(*signer, Target(),
            {Found("rsa-armored.sig"), Found("atomic-rsa.sig"),
             Found("atomic-other.sig")});
  CHECK(findings.verified.size() == 1);
  CHECK(findings.failed.size() == 2);
}

TEST_CASE("only what lies in a lookaside store is tried, and for signatures") {
  const auto signer = SignerOf("keys = 'rsa.gpg'");
  auto artifact = Found("atomic-rsa.sig");
  artifact.origin = ArtifactOrigin::kReferrer;
  CHECK(OnlyReason(Judge(*signer, Target(), {artifact})) ==
        Reason::kUnspecified);
  auto statements = Target();
  statements.signatures = false;
  CHECK(ReasonFor(*signer, "atomic-rsa.sig", statements) ==
        Reason::kUnspecified);
  auto elsewhere = Target();
  elsewhere.origins = {ArtifactOrigin::kCosignTag};
  CHECK(ReasonFor(*signer, "atomic-rsa.sig", elsewhere) ==
        Reason::kUnspecified);
  elsewhere.origins->insert(ArtifactOrigin::kLookaside);
  CHECK(ReasonFor(*signer, "atomic-rsa.sig", elsewhere) == Reason::kSigned);
}

TEST_CASE("no more is tried than stores may hold") {
  CHECK(kOpenpgpTrials == 4 * limits::kLookasideSignatures);
  const auto signer = SignerOf("keys = 'rsa.gpg'");
  std::vector<UntrustedArtifact> many(kOpenpgpTrials - 1,
                                      Found("rsa-armored.sig"));
  many.push_back(Found("atomic-rsa.sig"));
  auto findings = Judge(*signer, Target(), many);
  CHECK(findings.verified.size() == 1);
  CHECK(findings.failed.size() == kOpenpgpTrials - 1);
  many.insert(many.begin(), 2, Found("rsa-armored.sig"));
  findings = Judge(*signer, Target(), many);
  CHECK(findings.verified.empty());
  REQUIRE(findings.failed.size() == kOpenpgpTrials + 1);
  CHECK(findings.failed.back().error.reason == Reason::kEvidenceTooMany);
}

struct Named {
  const char* identity;
  const char* asked;
  Reason reason;
};

TEST_CASE("the name that was signed must be the one that is asked for") {
  const auto other = Reason::kSignatureOtherRepository;
  const auto sample = GENERATE_REF(values<Named>({
      {"", "registry.example.com/app:1", Reason::kSigned},
      {"", "registry.example.com/app:2", other},
      {"", "registry.example.com/other:1", other},
      {"identity = 'exact'", "registry.example.com/app:1", Reason::kSigned},
      {"identity = 'exact'", "registry.example.com/app:2", other},
      {"identity = 'repository'", "registry.example.com/app:2",
       Reason::kSigned},
      {"identity = 'repository'", "registry.example.com/app2:1", other},
      {"signed_repository = 'registry.example.com/app'",
       "mirror.example.com/x:7", Reason::kSigned},
      {"signed_reference = 'registry.example.com/app:1'",
       "mirror.example.com/x:7", Reason::kSigned},
      {"signed_reference = 'registry.example.com/app:2'",
       "registry.example.com/app:1", other},
      {"remap = { prefix = 'mirror.example.com/m', "
       "signed_prefix = 'registry.example.com' }",
       "mirror.example.com/m/app:1", Reason::kSigned},
      {"remap = { prefix = 'mirror.example.com/m', "
       "signed_prefix = 'registry.example.com' }",
       "mirror.example.com/m/app:2", other},
  }));
  CAPTURE(sample.identity, sample.asked);
  const auto signer =
      SignerOf("keys = 'rsa.gpg'\n" + std::string(sample.identity));
  CHECK(ReasonFor(*signer, "atomic-rsa.sig", Target(sample.asked)) ==
        sample.reason);
}

TEST_CASE("fingerprints and times say which keys count, and when") {
  const auto keyring =
      OpenpgpKeyring::Parse({Recorded("rsa.gpg")}).value().keys().front();
  const auto signer =
      SignerOf("keys = 'both'\nfingerprints = '" + keyring.fingerprint + "'");
  CHECK(ReasonFor(*signer, "atomic-rsa.sig") == Reason::kSigned);
  CHECK(ReasonFor(*signer, "atomic-ed.sig") == Reason::kSignatureForeignKey);
  const auto brief = SignerOf("keys = 'rsa.gpg'\nvalid_until = 2026-01-16");
  CHECK(Judge(*brief, Target(), {Found("atomic-rsa.sig")})
            .verified.at(0)
            .valid_until() == Day("2026-01-16"));
  CHECK(ReasonFor(*brief, "atomic-rsa.sig",
                  Target("registry.example.com/app:1", "2026-01-16")) ==
        Reason::kKeyExpired);
}

TEST_CASE("a signer says what it believes and where it looks") {
  const auto signer = SignerOf(
      "keys = ['rsa.gpg', 'brief.gpg']\n"
      "lookaside = 'https://sigs.example.com/store'");
  const std::string summary = signer->Summary();
  for (const auto* part :
       {"rsa2048 ", "(rsa <rsa@example.com>)", "until 2026-02-01T00:00:00Z",
        "signed for what is asked for",
        "lookaside https://sigs.example.com/store"}) {
    CAPTURE(part);
    CHECK(summary.find(part) != summary.npos);
  }
  const auto stores = signer->Places().lookasides;
  REQUIRE(stores.size() == 1);
  CHECK((*stores.begin())->For(Target().name).str() ==
        "https://sigs.example.com/store");
  CHECK(signer->Warnings().empty());
  CHECK(SignerOf("keys = 'stolen.gpg'")->Warnings().size() == 1);
}

TEST_CASE("without a store of its own a signer asks registries.d") {
  Diagnostics diagnostics;
  RecordedFiles files;
  files.settings = {{"a.yaml",
                     "docker:\n  registry.example.com:\n"
                     "    lookaside: file:///srv/sigs\n"}};
  const auto signer = Read("keys = 'rsa.gpg'", diagnostics, files);
  REQUIRE(signer);
  CHECK(files.asked == "/root/etc/containers/registries.d");
  const auto stores = *signer->Places().lookasides.begin();
  CHECK(stores->For(Target().name).str() == "file:///srv/sigs");
  CHECK(stores->For(*Reference::Parse("other.example.com/app:1")).str() ==
        "file:///root/var/lib/containers/sigstore");
  const auto named =
      Read("keys = 'rsa.gpg'\nregistries_d = '/etc/x'", diagnostics, files);
  REQUIRE(named);
  CHECK(files.asked == "/etc/x");
  CHECK(named->Warnings().empty());
  // The folder of the node need not be there; one that is named is told of.
  files.settings.clear();
  CHECK(Read("keys = 'rsa.gpg'", diagnostics, files)->Warnings().empty());
  CHECK(Read("keys = 'rsa.gpg'\nregistries_d = '/etc/x'", diagnostics, files)
            ->Warnings() ==
        std::vector<std::string>{"registries_d: /etc/x holds no *.yaml file"});
}

TEST_CASE("a table that is not clear is refused") {
  CHECK(ProblemOf("") == "'keys' is missing");
  CHECK(ProblemOf("keys = 'text'") == "text: it holds no OpenPGP key");
  CHECK(ProblemOf("keys = 'weak.gpg'").ends_with("rsa1024"));
  for (const auto* text :
       {"fingerprints = []", "fingerprints = 'ABCD'", "identity = 'any'",
        "identity = 'name'\nsigned_repository = 'registry.example.com/a'",
        "signed_reference = 'registry.example.com/a'",
        "signed_repository = 'b.example/a'\nsigned_reference = 'b.example/a:1'",
        "remap = { prefix = 'registry.example.com' }",
        "remap = { prefix = 'UPPER/x', signed_prefix = 'b.example.com' }",
        "lookaside = 'ftp://sigs.example.com'",
        "lookaside = 'https://user@sigs.example.com'",
        "lookaside = 'file://relative'", "lookaside = 'file:///a/../b'",
        "lookaside = 'https://sigs.example.com/?q'",
        "lookaside = 'file:///a'\nregistries_d = '/b'",
        "registries_d = 'relative'", "folder = '/x'"}) {
    CHECK(ProblemOf(std::string("keys = 'rsa.gpg'\n") + text) != "none");
  }
}

}  // namespace
}  // namespace assay
