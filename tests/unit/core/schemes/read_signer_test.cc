#include "core/schemes/keyring.h"
#include "core/schemes/scheme_table.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

using test::TestKey;

class Files : public TrustFiles {
 public:
  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    const auto pem = [&](KeyKind kind) {
      return TrustFile{std::string(name), TestKey::Of(kind).Pem()};
    };
    if (name == "p256.pub") return std::vector{pem(KeyKind::kEcdsaP256)};
    if (name == "rsa.pub") return std::vector{pem(KeyKind::kRsa2048)};
    if (name == "ed.pub") return std::vector{pem(KeyKind::kEd25519)};
    if (name == "folder") {
      return std::vector{pem(KeyKind::kEcdsaP256), pem(KeyKind::kRsa2048)};
    }
    if (name == "empty") return std::vector<TrustFile>();
    if (name == "private.pem") {
      return std::vector{TrustFile{
          "private.pem", TestKey::Of(KeyKind::kEcdsaP256).PrivatePem()}};
    }
    return Fail(Reason::kPolicyKeyUnreadable, "no such file");
  }

  Result<std::vector<TrustFile>> ReadCluster(std::string_view name) override {
    if (name == "k8s://prod/later") return Fail(Reason::kKubernetesPending);
    if (name == "k8s://prod/gone") return Fail(Reason::kKubernetesGone);
    if (name == "k8s://prod/junk") {
      return std::vector{TrustFile{std::string(name), "no key"}};
    }
    if (!name.starts_with("k8s://prod/")) return TrustFiles::ReadCluster(name);
    return Read(name.substr(std::string_view("k8s://prod/").size()));
  }
};

struct Read {
  std::unique_ptr<Signer> signer;
  Diagnostics diagnostics;
};

Read ReadSigner(const std::string& type, const std::string& text) {
  Read read;
  const auto table = Toml::Parse("type = \"" + type + "\"\n" + text, "p.toml",
                                 read.diagnostics);
  REQUIRE(table);
  Files files;
  read.signer =
      FindScheme(type)->read("release", *table, files, read.diagnostics);
  return read;
}

TEST_CASE("the table knows the schemes that are there, and no others") {
  CHECK(FindScheme("sigstore-key") != nullptr);
  CHECK(FindScheme("openssl") != nullptr);
  CHECK(FindScheme("notation") != nullptr);
  CHECK(FindScheme("openpgp") != nullptr);
  CHECK(FindScheme("") == nullptr);
  CHECK(FindScheme("notation-policy") != nullptr);
  CHECK(SchemeTypes() == std::set<std::string, std::less<>>{
                             "containers-policy", "dct", "notation",
                             "notation-policy", "openpgp", "openssl",
                             "sigstore-key", "sigstore-keyless"});
}

TEST_CASE("signers are read, with where they look") {
  const auto key = ReadSigner("sigstore-key", R"(
keys = ["folder", "ed.pub"]
padding = "pss"
signed_repository = "registry.example.com/app"
valid_from = 2026-01-01
valid_until = 2027-01-01
annotations = { env = "prod" }
)");
  CHECK(key.diagnostics.empty());
  REQUIRE(key.signer != nullptr);
  CHECK(key.signer->name() == "release");
  CHECK(key.signer->scheme() == "sigstore-key");
  CHECK(key.signer->Places().cosign_tag);
  CHECK(key.signer->Places().referrers);
  const auto summary = key.signer->Summary();
  for (const auto* part :
       {"ecdsa-p256 sha256:", "rsa-2048 sha256:", "ed25519 sha256:",
        "padding pss", "valid from 2026-01-01T00:00:00Z",
        "valid until 2027-01-01T00:00:00Z", "env=prod",
        "signed for registry.example.com/app"}) {
    CAPTURE(part);
    CHECK(summary.find(part) != std::string::npos);
  }
  const auto plain = ReadSigner(
      "openssl", "keys = \"rsa.pub\"\nfolder = \"/var/lib/signatures\"");
  REQUIRE(plain.signer != nullptr);
  CHECK(plain.signer->Places().folders ==
        std::set<std::string>{"/var/lib/signatures"});
  CHECK_FALSE(plain.signer->Places().cosign_tag);
}

TEST_CASE("what a signer's table may not say") {
  struct Case {
    std::string type;
    std::string text;
    Reason reason;
  };
  const std::string key = "keys = [\"p256.pub\"]\n";
  const std::string identity =
      "identities = [{ issuer = \"i\", subject = \"s\" }]\n";
  const auto one = GENERATE_COPY(values<Case>({
      {"sigstore-key", "", Reason::kPolicyMalformed},
      {"sigstore-key", "keys = []", Reason::kPolicyMalformed},
      {"sigstore-key", "keys = [\"empty\"]", Reason::kPolicyMalformed},
      {"sigstore-key", "keys = [\"absent.pub\"]", Reason::kPolicyKeyUnreadable},
      {"sigstore-key", "keys = [\"private.pem\"]", Reason::kKeyUnsupported},
      {"sigstore-key", "keys = [\"p256.pub\", \"folder\"]",
       Reason::kPolicyMalformed},
      {"sigstore-key", "keys = 1", Reason::kPolicyMalformed},
      {"sigstore-key", key + "hash = \"md5\"", Reason::kPolicyMalformed},
      {"sigstore-key", key + "padding = \"oaep\"", Reason::kPolicyMalformed},
      {"sigstore-key", key + "padding = \"pss\"", Reason::kPolicyMalformed},
      {"sigstore-key", "keys = \"ed.pub\"\nhash = \"sha256\"",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "identity = \"all\"", Reason::kPolicyMalformed},
      {"sigstore-key", key + "annotations = { n = 1 }",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "annotations = \"x\"", Reason::kPolicyMalformed},
      {"sigstore-key", key + "signed_repository = \"UPPER/x\"",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "signed_repository = \"registry.example.com/a:1\"",
       Reason::kPolicyMalformed},
      {"sigstore-key",
       key + "identity = \"any\"\nsigned_repository = "
             "\"registry.example.com/a\"",
       Reason::kPolicyMalformed},
      {"sigstore-key",
       key + "valid_from = 2026-01-02\nvalid_until = 2026-01-02",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "valid_until = \"never\"",
       Reason::kPolicyMalformed},
      {"notation", "identities = \"*\"", Reason::kPolicyMalformed},
      {"notation", "identities = \"*\"\ntrust_store = \"p256.pub\"",
       Reason::kCertificateMalformed},
      {"notation", "identities = \"*\"\ntrust_store = \"empty\"",
       Reason::kPolicyMalformed},
      {"notation", "identities = \"*\"\ntrust_store = \"absent\"",
       Reason::kPolicyKeyUnreadable},
      {"notation", "identities = \"O=Acme\"", Reason::kPolicyMalformed},
      {"notation",
       "identities = [\"C=US,ST=WA,O=Acme\", \"C=US,ST=WA,O=Acme,CN=ci\"]",
       Reason::kPolicyMalformed},
      {"notation", "identities = \"*\"\nverify_timestamp = \"always\"",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "transparency = \"required\"",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "transparency = { logs = 1 }",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "trusted_root = []", Reason::kPolicyMalformed},
      {"sigstore-key", key + "trusted_root = \"empty\"",
       Reason::kPolicyMalformed},
      {"sigstore-keyless", identity + "trusted_root = []",
       Reason::kPolicyMalformed},
      {"sigstore-keyless", identity + "trusted_root = \"empty\"",
       Reason::kPolicyMalformed},
      {"sigstore-keyless", identity, Reason::kPolicyKeyUnreadable},
      {"sigstore-keyless", "trusted_root = \"p256.pub\"",
       Reason::kPolicyMalformed},
      {"sigstore-keyless", "identities = [{ issuer = \"i\" }]",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "trusted_root = \"absent.json\"",
       Reason::kPolicyKeyUnreadable},
      {"sigstore-key", key + "trusted_root = \"p256.pub\"",
       Reason::kTrustedRootMalformed},
      {"sigstore-key", key + "rekor_key = \"rekor.pub\"",
       Reason::kPolicyMalformed},
      {"sigstore-key", key + "folder = \"/x\"", Reason::kPolicyMalformed},
      {"openssl", key + "folder = \"signatures\"", Reason::kPolicyMalformed},
      {"openssl", key + "folder = \"/a/../b\"", Reason::kPolicyMalformed},
      {"openssl", key + "annotations = {}", Reason::kPolicyMalformed},
      {"openssl", "keys = \"ed.pub\"\nhash = \"sha512\"",
       Reason::kPolicyMalformed},
  }));
  CAPTURE(one.type, one.text);
  const auto read = ReadSigner(one.type, one.text);
  CHECK(read.signer == nullptr);
  REQUIRE_FALSE(read.diagnostics.empty());
  CHECK(Describe(read.diagnostics.front().reason).id ==
        Describe(one.reason).id);
}

// The reason for which the keyring of a signer with these keys does not verify
// a signature of nobody's, and how many keys it has.
std::pair<std::string_view, std::size_t> RingWith(const std::string& text) {
  Diagnostics diagnostics;
  const auto table = Toml::Parse(text, "p.toml", diagnostics);
  REQUIRE(table);
  Files files;
  TomlReader reader(*table, diagnostics);
  const auto ring = Keyring::Read(reader, files, KeyUse::kSigstore);
  if (!ring) return {Describe(diagnostics.front().reason).id, 0};
  CHECK(diagnostics.empty());
  const auto why = ring->WhyUnverified(SignedMessage("anything"));
  return {Describe(why.reason).id, ring->keys().size()};
}

using Ring = std::pair<std::string_view, std::size_t>;

TEST_CASE("what a cluster does not hold leaves a signer without that key") {
  CHECK(RingWith(R"(keys = "k8s://prod/p256.pub")") ==
        Ring{"signature-invalid", 1});
  CHECK(RingWith(R"(keys = "k8s://prod/later")") ==
        Ring{"kubernetes-pending", 0});
  CHECK(RingWith(R"(keys = "k8s://prod/gone")") == Ring{"kubernetes-gone", 0});
  CHECK(RingWith(R"(keys = "k8s://prod/junk")") == Ring{"kubernetes-gone", 0});
  CHECK(RingWith(R"(keys = ["rsa.pub", "k8s://prod/gone"])") ==
        Ring{"kubernetes-gone", 1});
  CHECK(RingWith(R"(keys = ["k8s://prod/later", "k8s://prod/gone"])") ==
        Ring{"kubernetes-pending", 0});
  CHECK(RingWith(R"(keys = ["k8s://prod/gone", "k8s://prod/later"])") ==
        Ring{"kubernetes-pending", 0});
}

TEST_CASE("what a cluster holds never makes a policy one that cannot be read") {
  CHECK(RingWith(R"(keys = ["p256.pub", "k8s://prod/p256.pub"])") ==
        Ring{"signature-invalid", 1});
  CHECK(RingWith("keys = [\"k8s://prod/p256.pub\"]\npadding = \"pss\"") ==
        Ring{"kubernetes-gone", 0});
  for (const std::string lost : {"gone", "later", "junk", "p256.pub"}) {
    INFO(lost);
    CHECK(RingWith("keys = [\"p256.pub\", \"k8s://prod/" + lost +
                   "\"]\npadding = \"pss\"")
              .second == 1);
  }
  CHECK(RingWith("keys = [\"rsa.pub\", \"k8s://prod/ed.pub\"]\n"
                 "hash = \"sha256\"") == Ring{"kubernetes-gone", 1});
  CHECK(RingWith(R"(keys = ["p256.pub", "p256.pub", "k8s://prod/rsa.pub"])") ==
        Ring{"policy-malformed", 0});
  CHECK(RingWith(R"(keys = "k8s://elsewhere/p256.pub")") ==
        Ring{"policy-key-unreadable", 0});
}

TEST_CASE("a signer says which of its keys are missing") {
  const auto read =
      ReadSigner("sigstore-key", R"(keys = ["rsa.pub", "k8s://prod/gone"])");
  REQUIRE(read.signer != nullptr);
  CHECK(read.signer->Summary().find("kubernetes-gone k8s://prod/gone") !=
        std::string::npos);
}

}  // namespace
}  // namespace assay
