// What an imported policy.json makes of signatures.
#include "base/bytes.h"
#include "core/policy/policy.h"
#include "tests/support/revoker.h"
#include "tests/unit/core/schemes/imported_policy.h"
#include "tests/unit/core/schemes/signing_fixture.h"

namespace assay {
namespace {

using namespace test;

constexpr const char* kAsked = "registry.example.com/payments/api:1";
constexpr const char* kPolicy = "policy = \"/p.json\"\nregistries_d = \"/r\"\n";

const TestKey& KeyA() { return TestKey::Of(KeyKind::kEcdsaP256); }
const TestKey& KeyB() {
  static const auto key = TestKey::Make(KeyKind::kEcdsaP384);
  return key;
}

std::string KeyRule(const TestKey& key) {
  return R"({"type":"sigstoreSigned","keyData":")" + Base64Encode(key.Pem()) +
         "\"}";
}

Files FilesWith(const std::string& requirements) {
  Files files;
  files.files["/p.json"] = R"({"default":[)" + requirements + "]}";
  files.files["/r/all.yaml"] =
      "default-docker: {use-sigstore-attachments: true}\n";
  return files;
}

std::string Why(Files& files, const std::string& keys) {
  const auto read = Read(files, keys, "containers-policy");
  REQUIRE(read.signer == nullptr);
  REQUIRE(read.diagnostics.size() == 1);
  const auto& one = read.diagnostics.front();
  return std::string(Describe(one.reason).id) + " " + one.message;
}

std::unique_ptr<Signer> SignerOf(Files& files,
                                 const std::string& keys = kPolicy) {
  auto read = Read(files, keys, "containers-policy");
  for (const auto& one : read.diagnostics) UNSCOPED_INFO(one.message);
  REQUIRE(read.signer != nullptr);
  return std::move(read.signer);
}

std::pair<Descriptor, std::string> Layer(
    const TestKey& key, const Digest& digest = ImageDigest(),
    const std::string& name = kAsked,
    HashAlgorithm hash = HashAlgorithm::kSha256) {
  const std::string payload =
      R"({"critical":{"identity":{"docker-reference":")" + name +
      R"("},"image":{"docker-manifest-digest":")" + digest.str() +
      R"("},"type":"cosign container image signature"},"optional":null})";
  auto layer = DescriptorOf(kSimpleSigningMediaType, payload);
  layer.annotations["dev.cosignproject.cosign/signature"] =
      Base64Encode(key.Sign({hash}, payload));
  return {layer, payload};
}

UntrustedArtifact Signed(
    const std::vector<std::pair<Descriptor, std::string>>& layers,
    ArtifactOrigin origin = ArtifactOrigin::kCosignTag) {
  return Artifact(origin, layers);
}

SigningTarget Asked(const std::string& name = kAsked) {
  SigningTarget target = TargetOf();
  target.name = Reference::Parse(name).value();
  target.manifests = target.digests;
  target.may_waive = true;
  return target;
}

TEST_CASE("a key that the policy names has signed") {
  auto files = FilesWith(KeyRule(KeyA()));
  const auto signer = SignerOf(files);
  const auto found = Judge(*signer, Asked(), {Signed({Layer(KeyA())})});
  REQUIRE(found.verified.size() == 1);
  const auto& one = found.verified.front();
  CHECK(one.identity() == "key:" + KeyA().Public().fingerprint().str());
  CHECK(one.scheme() == "containers-policy");
  CHECK(one.signer() == "acme");
  CHECK_FALSE(one.waived());
  const auto reason = [&](std::pair<Descriptor, std::string> layer) {
    return OnlyReason(Judge(*signer, Asked(), {Signed({std::move(layer)})}));
  };
  CHECK(reason(Layer(KeyB())) == Reason::kSignatureInvalid);
  CHECK(reason(Layer(KeyA(), Digest::Of("other"))) ==
        Reason::kSignatureOtherImage);
  // By default the very tag must have been signed.
  CHECK(reason(Layer(KeyA(), ImageDigest(),
                     "registry.example.com/payments/api")) ==
        Reason::kSignatureOtherRepository);
  CHECK(reason(Layer(KeyA(), ImageDigest(),
                     "registry.example.com/payments/api:2")) ==
        Reason::kSignatureOtherRepository);
}

TEST_CASE("a signature is where containers/image looks, and as it hashes") {
  auto files = FilesWith(KeyRule(KeyB()));
  const auto signer = SignerOf(files);
  CHECK(OnlyReason(Judge(*signer, Asked(), {Signed({Layer(KeyB())})})) ==
        Reason::kSigned);
  const auto referrer = Signed({Layer(KeyB())}, ArtifactOrigin::kReferrer);
  CHECK(Judge(*signer, Asked(), {referrer}).verified.empty());
  // It is not even read, as it would be for other signers with keys.
  constexpr const char* kBundle =
      "application/vnd.dev.sigstore.bundle.v0.3+json";
  auto bundle =
      Signed({{DescriptorOf(kBundle, "{}"), "{}"}}, ArtifactOrigin::kReferrer);
  bundle.manifest->artifact_type = kBundle;
  bundle.manifest->subject = DescriptorOf(kOciManifest, "the image's manifest");
  CHECK(OnlyReason(Judge(*signer, Asked(), {bundle})) == Reason::kUnspecified);
  const SigstoreKeySigner other_signer("other", {RingOf(KeyB()), {}, {}});
  CHECK(OnlyReason(Judge(other_signer, Asked(), {bundle})) ==
        Reason::kBundleVersion);
  const auto other =
      Layer(KeyB(), ImageDigest(), kAsked, HashAlgorithm::kSha384);
  CHECK(OnlyReason(Judge(*signer, Asked(), {Signed({other})})) ==
        Reason::kSignatureInvalid);
  auto statements = Asked();
  statements.signatures = false;
  const auto found = Judge(*signer, statements, {Signed({Layer(KeyB())})});
  CHECK(found.verified.empty());
  CHECK(found.failed.empty());
}

TEST_CASE("attachments are used where registries.d has it so") {
  auto files = FilesWith(KeyRule(KeyA()));
  const auto found = [&](const std::string& settings) {
    files.files["/r/all.yaml"] = settings;
    return !Judge(*SignerOf(files), Asked(), {Signed({Layer(KeyA())})})
                .verified.empty();
  };
  const std::string use = "{use-sigstore-attachments: true}\n";
  const std::string not_use = "{use-sigstore-attachments: false}\n";
  CHECK(found("default-docker: " + use));
  CHECK_FALSE(found("default-docker: " + not_use));
  CHECK_FALSE(found("{}\n"));
  CHECK(found("docker:\n  registry.example.com: " + use));
  CHECK_FALSE(found("docker:\n  registry.example.com: " + use +
                    "  registry.example.com/payments: " + not_use));
  CHECK(found("docker:\n  registry.example.com: " + use +
              "  registry.example.com/payments: {lookaside: 'file:///x'}\n"));
  CHECK_FALSE(found("docker:\n  other.example.com: " + use));
  CHECK_FALSE(SignerOf(files)->Places().referrers);
  CHECK(SignerOf(files)->Places().cosign_tag);
  files.files["/r/all.yaml"] = "default-docker: " + not_use;
  CHECK_FALSE(SignerOf(files)->Places().cosign_tag);
  for (const auto* bad : {"default-docker: {use-sigstore-attachments: 1}\n",
                          "docker: []\n", "docker: {a.b: 1}\n", "[\n"}) {
    files.files["/r/all.yaml"] = bad;
    INFO(bad);
    Why(files, kPolicy);
  }
}

TEST_CASE("all requirements hold, and of one manifest") {
  auto files = FilesWith(KeyRule(KeyA()) +
                         R"(,{"type":)"
                         R"("insecureAcceptAnything"},)" +
                         KeyRule(KeyB()));
  const auto signer = SignerOf(files);
  const auto both =
      Judge(*signer, Asked(), {Signed({Layer(KeyA()), Layer(KeyB())})});
  CHECK(both.verified.size() == 2);  // two keys, which are two signers
  const auto one = Judge(*signer, Asked(), {Signed({Layer(KeyA())})});
  CHECK(one.verified.empty());
  REQUIRE_FALSE(one.failed.empty());
  CHECK(one.failed.back().error.reason == Reason::kThresholdNotMet);
  CHECK(one.failed.back().where == "scope 'default' of /p.json");
  CHECK(Judge(*signer, Asked(), {}).verified.empty());
  auto target = Asked();
  const Digest twin = Digest::Of("another manifest of the same configuration");
  target.digests.push_back(twin);
  target.manifests.push_back(twin);
  const auto apart =
      Judge(*signer, target, {Signed({Layer(KeyA()), Layer(KeyB(), twin)})});
  CHECK(apart.verified.empty());
  CHECK(apart.failed.back().error.reason == Reason::kThresholdNotMet);
}

// As containers/image has it, which asks about the manifest of a platform.
TEST_CASE("a signature of an index is none of the image") {
  auto files = FilesWith(KeyRule(KeyA()));
  const auto signer = SignerOf(files);
  const Digest index = Digest::Of("index");
  auto target = Asked();
  target.digests.push_back(index);
  CHECK(OnlyReason(Judge(*signer, target, {Signed({Layer(KeyA(), index)})})) ==
        Reason::kSignatureOtherImage);
  const auto both =
      Judge(*signer, target, {Signed({Layer(KeyA(), index), Layer(KeyA())})});
  REQUIRE(both.verified.size() == 1);
  CHECK(both.verified.front().target() == ImageDigest());
  target.manifests.clear();
  CHECK(OnlyReason(Judge(*signer, target, {Signed({Layer(KeyA())})})) ==
        Reason::kSignatureOtherImage);
  files = FilesWith(R"({"type":"insecureAcceptAnything"})");
  CHECK(Judge(*SignerOf(files), target, {}).verified.empty());
}

TEST_CASE("what is rejected stays so, whoever signed") {
  auto files = FilesWith(KeyRule(KeyA()) + R"(,{"type":"reject"})");
  const auto signer = SignerOf(files);
  CHECK(OnlyReason(Judge(*signer, Asked(), {Signed({Layer(KeyA())})})) ==
        Reason::kImportedPolicyRejects);
  files = FilesWith(R"({"type":"insecureAcceptAnything"},{"type":"reject"})");
  const auto mixed = SignerOf(files);
  CHECK(mixed->Warnings().empty());
  CHECK(OnlyReason(Judge(*mixed, Asked(), {})) ==
        Reason::kImportedPolicyRejects);
}

TEST_CASE("what is accepted unsigned is so only for certain, and announced") {
  Files files = FilesWith("");
  files.files["/p.json"] =
      R"({"default":[{"type":"reject"}],"transports":{"docker":{)"
      R"("registry.example.com/payments":[{"type":"insecureAcceptAnything"}],)"
      R"("busybox":[{"type":"reject"}]}}})";
  const auto signer =
      SignerOf(files, std::string(kPolicy) + "valid_until = 2026-07-01\n");
  CHECK(signer->Warnings() ==
        std::vector<std::string>{
            "scope 'docker, registry.example.com/payments' of /p.json: allows "
            "without a signature",
            "scope 'busybox' of /p.json: no image's name is in it"});
  const auto found = Judge(*signer, Asked(), {});
  REQUIRE(found.verified.size() == 1);
  CHECK(found.verified.front().waived());
  CHECK(found.verified.front().identity() == "waived");
  CHECK(Fulfilment{found.verified, {}}.Basis() == Reason::kAllowedByRule);
  auto claimed = Asked();
  claimed.may_waive = false;
  CHECK(OnlyReason(Judge(*signer, claimed, {})) == Reason::kNoSignature);
  auto later = Asked();
  later.now = *ParseRfc3339("2026-07-01T00:00:00Z");
  CHECK(OnlyReason(Judge(*signer, later, {})) == Reason::kKeyExpired);
  CHECK(OnlyReason(Judge(*signer, Asked("registry.example.com/other:1"), {})) ==
        Reason::kImportedPolicyRejects);
}

TEST_CASE("a namespace's own policy stands for the system's") {
  Files files = FilesWith(R"({"type":"reject"})");
  files.files["/crio/team.json"] =
      R"({"default":[{"type":"insecureAcceptAnything"}]})";
  files.files["/crio/readme"] = "no policy";
  const std::string keys =
      std::string(kPolicy) + "namespace_policies = \"/crio\"\n";
  const auto signer = SignerOf(files, keys);
  const auto reason = [&](const std::string& pod_namespace) {
    auto target = Asked();
    target.pod_namespace = pod_namespace;
    return OnlyReason(Judge(*signer, target, {}));
  };
  CHECK(reason("team") == Reason::kSigned);
  CHECK(reason("") == Reason::kImportedPolicyRejects);
  CHECK(reason("team2") == Reason::kImportedPolicyRejects);
  CHECK(reason("../crio/team") == Reason::kImportedPolicyRejects);
  CHECK(signer->Warnings().size() == 1);
  CHECK(signer->Summary().find("namespace 'team' by /crio/team.json") !=
        std::string::npos);
  files.files["/crio/other.json"] = "{";
  CHECK(Why(files, keys).starts_with("policy-malformed /crio/other.json: "));
}

TEST_CASE("settings that are not where they are named are told of") {
  Files files = FilesWith(R"({"type":"reject"})");
  const auto warnings = [&](const std::string& keys) {
    return SignerOf(files, "policy = \"/p.json\"\n" + keys)->Warnings();
  };
  using Lines = std::vector<std::string>;
  CHECK(warnings("").empty());
  CHECK(warnings("namespace_policies = \"/none\"\n") ==
        Lines{"namespace_policies: /none holds no NAMESPACE.json: 'policy' "
              "decides in every namespace"});
  CHECK(warnings("registries_d = \"/none\"\n") ==
        Lines{"registries_d: /none holds no *.yaml file"});
  CHECK(warnings("registries_d = \"/r\"\n").empty());
  for (const std::string& name :
       {std::string("Team"), std::string(64, 'a'), std::string("a.b"),
        std::string("-a"), std::string("a-")}) {
    const std::string path = "/crio/" + name + ".json";
    files.files[path] = files.files["/crio/team-2.json"] =
        files.files["/p.json"];
    CHECK(
        warnings("namespace_policies = \"/crio\"\n") ==
        Lines{"namespace_policies: " + path + ": no namespace has this name"});
    files.files.erase(path);
  }
  CHECK(warnings("namespace_policies = \"/crio\"\n").empty());
}

// What a rename changes is which namespace the file is for.
TEST_CASE("the name of a namespace's policy is part of the fingerprint") {
  Files files = FilesWith(R"({"type":"reject"})");
  const auto fingerprint = [&] {
    Diagnostics diagnostics;
    const PolicyFile text{
        "p.toml", "version = 1\n[signers.a]\ntype = \"containers-policy\"\n" +
                      std::string(kPolicy) +
                      "namespace_policies = \"/crio\"\n"};
    const auto policy = Policy::Read({&text, 1}, files, diagnostics);
    REQUIRE(policy);
    return policy->fingerprint();
  };
  files.files["/crio/payments.json"] =
      R"({"default":[{"type":"insecureAcceptAnything"}]})";
  const Digest before = fingerprint();
  auto renamed = files.files.extract("/crio/payments.json");
  renamed.key() = "/crio/sandbox.json";
  files.files.insert(std::move(renamed));
  CHECK(fingerprint() != before);
}

TEST_CASE("a base by an imported policy is told of") {
  Files files = FilesWith(R"({"type":"reject"})");
  files.files["/a.pub"] = KeyA().Pem();
  const auto warnings = [&](const std::string& base) {
    Diagnostics diagnostics;
    const PolicyFile text{
        "p.toml",
        "version = 1\n[signers.imported]\ntype = \"containers-policy\"\n" +
            std::string(kPolicy) +
            "[signers.key]\ntype = \"sigstore-key\"\nkeys = [\"/a.pub\"]\n"
            "[[rule]]\nscope = \"**\"\nrequire = \"imported\"\nbase = \"" +
            base + "\"\n"};
    const auto policy = Policy::Read({&text, 1}, files, diagnostics);
    REQUIRE(policy);
    return policy->warnings();
  };
  CHECK(warnings("key").empty());
  REQUIRE(warnings("imported").size() == 1);
  CHECK(warnings("imported")
            .front()
            .find("base: the scopes of 'imported' decide") !=
        std::string::npos);
}

// One certificate with two names is one signer, whichever a requirement asks
// for.
TEST_CASE("a certificate counts once, whatever it is asked for") {
  const auto root = Party::Root(CertificateSpec::Authority("root", 1).With(
      {{"subjectKeyIdentifier", "DER:040401020304"}}));
  const auto leaf = root.Issue(CertificateSpec().With(
      {{"authorityKeyIdentifier", "DER:3006800401020304"},
       {"subjectAltName", "email:a@example.com,DNS:Build.example.com"}}));
  const auto by = [&](const std::string& asked) {
    return R"({"type":"sigstoreSigned","pki":{"caRootsData":")" +
           Base64Encode(root.Pem()) + "\"," + asked + "}}";
  };
  auto files = FilesWith(by(R"("subjectEmail":"a@example.com")") + "," +
                         by(R"("subjectHostname":"build.example.com")"));
  auto layer = Layer(KeyA());
  layer.first.annotations["dev.cosignproject.cosign/signature"] =
      Base64Encode(leaf.SignDer(layer.second));
  layer.first.annotations["dev.sigstore.cosign/certificate"] = leaf.Pem();
  auto target = Asked();
  target.now = kRevokerNow;
  const auto found = Judge(*SignerOf(files), target, {Signed({layer})});
  for (const auto& one : found.failed) {
    UNSCOPED_INFO(Describe(one.error.reason).id << " " << one.error.detail);
  }
  REQUIRE(found.verified.size() == 1);
  CHECK(found.verified.front().identity() ==
        "certificate: a@example.com build.example.com");
}

TEST_CASE("whatever a policy names is read with it, or refuses it") {
  const std::string lead = R"({"type":"sigstoreSigned",)";
  auto files = FilesWith(lead + R"("keyPath":"/a.pub"})");
  CHECK(Why(files, kPolicy).starts_with("policy-key-unreadable"));
  files.files["/a.pub"] = "junk";
  CHECK(Why(files, kPolicy).starts_with("key-malformed /p.json: default: "));
  files.files["/a.pub"] = KeyA().Pem() + KeyB().Pem();
  CHECK(Why(files, kPolicy).starts_with("key-malformed"));
  files.files["/a.pub"] = KeyA().Pem();
  CHECK(SignerOf(files)->Summary().starts_with(
      "/p.json: 'default' needs ecdsa-p256 sha256:"));
  // The same key twice is one.
  files = FilesWith(lead + R"("keyPaths":["/a.pub","/b.pub"]})");
  files.files["/a.pub"] = files.files["/b.pub"] = KeyA().Pem();
  CHECK(SignerOf(files) != nullptr);
  // Only an ECDSA key is one of Rekor's.
  files = FilesWith(lead + R"("keyPath":"/a.pub","rekorPublicKeyPath":"/r"})");
  files.files["/a.pub"] = KeyA().Pem();
  files.files["/r"] = TestKey::Of(KeyKind::kEd25519).Pem();
  CHECK(Why(files, kPolicy).starts_with("key-unsupported"));
  files.files["/r"] = KeyB().Pem();
  const auto logged = SignerOf(files);
  CHECK(OnlyReason(Judge(*logged, Asked(), {Signed({Layer(KeyA())})})) ==
        Reason::kLogThreshold);
  files =
      FilesWith(lead + R"("pki":{"caRootsPath":"/ca","subjectEmail":"a"}})");
  files.files["/ca"] = "junk";
  CHECK(Why(files, kPolicy).starts_with("certificate-malformed"));
  CHECK(Why(files, "policy = \"/none.json\"")
            .starts_with("policy-key-unreadable"));
  CHECK(Why(files, "").starts_with("policy-key-unreadable"));
  CHECK(Why(files, "policies = \"/p.json\"").starts_with("policy-malformed"));
}

}  // namespace
}  // namespace assay
