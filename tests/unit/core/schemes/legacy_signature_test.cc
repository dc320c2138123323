#include "base/bytes.h"
#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/signing_fixture.h"

namespace assay {
namespace {

using namespace test;

constexpr const char* kSignature = "dev.cosignproject.cosign/signature";
constexpr const char* kCertificate = "dev.sigstore.cosign/certificate";
constexpr const char* kBundle = "dev.sigstore.cosign/bundle";

std::string PayloadFor(
    const Digest& digest,
    const std::string& reference = "registry.example.com/payments/api",
    const std::string& optional = "null") {
  return R"({"critical":{"identity":{"docker-reference":")" + reference +
         R"("},"image":{"docker-manifest-digest":")" + digest.str() +
         R"("},"type":"cosign container image signature"},"optional":)" +
         optional + "}";
}

std::pair<Descriptor, std::string> Layer(
    const TestKey& key, const std::string& payload,
    const SignatureAlgorithm& algorithm = {}) {
  auto layer = DescriptorOf(kSimpleSigningMediaType, payload);
  layer.annotations[kSignature] = Base64Encode(key.Sign(algorithm, payload));
  return {layer, payload};
}

std::unique_ptr<Signer> Make(SigstoreKeyPolicy policy) {
  return std::make_unique<SigstoreKeySigner>("release", std::move(policy));
}

std::unique_ptr<Signer> Plain(const TestKey& key) {
  return Make({RingOf(key), {}, {}});
}

// The verdict on one signature layer under one key.
Reason ReasonFor(const Signer& signer,
                 std::pair<Descriptor, std::string> layer) {
  return OnlyReason(
      Judge(signer, TargetOf(),
            {Artifact(ArtifactOrigin::kCosignTag, {std::move(layer)})}));
}

const TestKey& Key() {
  static const auto key = TestKey::Make(KeyKind::kEcdsaP256);
  return key;
}

TEST_CASE("a legacy signature by each kind of key and hash cosign uses") {
  struct Case {
    KeyKind kind;
    SignatureAlgorithm algorithm;
  };
  const auto one = GENERATE(values<Case>({
      {KeyKind::kEcdsaP256, {}},
      {KeyKind::kEcdsaP384, {HashAlgorithm::kSha384}},
      {KeyKind::kEcdsaP384, {HashAlgorithm::kSha256}},
      {KeyKind::kEcdsaP521, {HashAlgorithm::kSha512}},
      {KeyKind::kEcdsaP521, {HashAlgorithm::kSha256}},
      {KeyKind::kRsa2048, {}},
      {KeyKind::kEd25519, {}},
      {KeyKind::kEd25519, {HashAlgorithm::kSha512, Padding::kPkcs1, true}},
  }));
  const auto& key = TestKey::Of(one.kind);
  const auto findings =
      Judge(*Plain(key), TargetOf(),
            {Artifact(ArtifactOrigin::kCosignTag,
                      {Layer(key, PayloadFor(ImageDigest()), one.algorithm)})});
  REQUIRE(findings.verified.size() == 1);
  const auto& signature = findings.verified.front();
  CHECK(signature.identity() == "key:" + key.Public().fingerprint().str());
  CHECK(signature.signer() == "release");
  CHECK(signature.scheme() == "sigstore-key");
  CHECK(signature.target() == ImageDigest());
  CHECK_FALSE(signature.valid_until());
}

TEST_CASE("hashes that cosign does not use for a key do not verify") {
  const auto key = TestKey::Make(KeyKind::kEcdsaP256);
  CHECK(ReasonFor(*Plain(key), Layer(key, PayloadFor(ImageDigest()),
                                     {HashAlgorithm::kSha512})) ==
        Reason::kSignatureInvalid);
  const auto& rsa = TestKey::Of(KeyKind::kRsa2048);
  CHECK(
      ReasonFor(*Plain(rsa), Layer(rsa, PayloadFor(ImageDigest()),
                                   {HashAlgorithm::kSha256, Padding::kPss})) ==
      Reason::kSignatureInvalid);
}

TEST_CASE("a pinned hash excludes the others") {
  const auto key = TestKey::Make(KeyKind::kEcdsaP384);
  KeyringOptions options;
  options.hash = HashAlgorithm::kSha384;
  const auto signer = Make({RingOf(key, KeyUse::kSigstore, options), {}, {}});
  CHECK(ReasonFor(*signer, Layer(key, PayloadFor(ImageDigest()),
                                 {HashAlgorithm::kSha384})) == Reason::kSigned);
  CHECK(ReasonFor(*signer, Layer(key, PayloadFor(ImageDigest()),
                                 {HashAlgorithm::kSha256})) ==
        Reason::kSignatureInvalid);
}

TEST_CASE("a valid signature over something else is told apart") {
  const auto signer = Plain(Key());
  CHECK(ReasonFor(*signer, Layer(Key(), PayloadFor(Digest::Of("other")))) ==
        Reason::kSignatureOtherImage);
  CHECK(ReasonFor(*signer,
                  Layer(Key(), PayloadFor(ImageDigest(),
                                          "registry.example.com/other"))) ==
        Reason::kSignatureOtherRepository);
  CHECK(ReasonFor(*signer, Layer(Key(), PayloadFor(ImageDigest(), "../etc"))) ==
        Reason::kPayloadMalformed);
  CHECK(ReasonFor(*signer, Layer(Key(), PayloadFor(Digest::Of(
                                            "the image's manifest",
                                            HashAlgorithm::kSha512)))) ==
        Reason::kSignatureOtherImage);
}

TEST_CASE(
    "a tag in the signed reference does not matter, its repository does") {
  CHECK(ReasonFor(
            *Plain(Key()),
            Layer(Key(), PayloadFor(ImageDigest(),
                                    "registry.example.com/payments/api:9"))) ==
        Reason::kSigned);
}

TEST_CASE("the policy may name another repository, or any") {
  SigstoreKeyPolicy policy{
      RingOf(Key()),
      {{}, IdentityMatch::ExactRepository("origin.example.com/app").value()},
      {}};
  CHECK(ReasonFor(*Make(policy), Layer(Key(), PayloadFor(ImageDigest()))) ==
        Reason::kSignatureOtherRepository);
  const auto moved =
      Layer(Key(), PayloadFor(ImageDigest(), "origin.example.com/app"));
  CHECK(ReasonFor(*Make(policy), moved) == Reason::kSigned);
  policy.claims.identity = IdentityMatch::MatchRepository();
  CHECK(ReasonFor(*Make(policy), moved) == Reason::kSignatureOtherRepository);
  policy.claims.identity.reset();
  CHECK(ReasonFor(*Make(policy), moved) == Reason::kSigned);
}

TEST_CASE("required annotations must be signed") {
  const SigstoreKeyPolicy policy{RingOf(Key()), {{{"env", "prod"}}}, {}};
  const auto verdict = [&](const std::string& optional) {
    return ReasonFor(
        *Make(policy),
        Layer(Key(),
              PayloadFor(ImageDigest(), "registry.example.com/payments/api",
                         optional)));
  };
  CHECK(verdict(R"({"env":"prod","more":"x"})") == Reason::kSigned);
  CHECK(verdict("null") == Reason::kSignatureAnnotation);
  CHECK(verdict(R"({"env":"test"})") == Reason::kSignatureAnnotation);
  CHECK(verdict(R"({"env":["prod"]})") == Reason::kSignatureAnnotation);
  // Unsigned annotations of the layer mean nothing.
  auto layer = Layer(Key(), PayloadFor(ImageDigest()));
  layer.first.annotations["env"] = "prod";
  CHECK(ReasonFor(*Make(policy), layer) == Reason::kSignatureAnnotation);
}

TEST_CASE("the signature annotation is strict base64") {
  const auto good = Layer(Key(), PayloadFor(ImageDigest()));
  const std::string text = good.first.annotations.at(kSignature);
  std::string urlsafe = text;
  for (char& c : urlsafe) c = c == '+' ? '-' : c == '/' ? '_' : c;
  std::string unpadded = text.substr(0, text.find('='));
  const auto variants = {std::string(),      std::string(" "), text + "\n",
                         " " + text,         text + "====",    text.substr(1),
                         std::string("@@@@")};
  for (const auto& variant : variants) {
    auto layer = good;
    layer.first.annotations[kSignature] = variant;
    CAPTURE(variant);
    CHECK(ReasonFor(*Plain(Key()), layer) == Reason::kBase64Malformed);
  }
  for (const auto& variant : {urlsafe, unpadded}) {
    if (variant == text) continue;
    auto layer = good;
    layer.first.annotations[kSignature] = variant;
    CHECK(ReasonFor(*Plain(Key()), layer) == Reason::kBase64Malformed);
  }
  auto layer = good;
  layer.first.annotations.erase(kSignature);
  CHECK(ReasonFor(*Plain(Key()), layer) == Reason::kBase64Malformed);
}

TEST_CASE("a certificate beside the signature must hold the signer's key") {
  const auto other = TestKey::Make(KeyKind::kEcdsaP256);
  const auto good = Layer(Key(), PayloadFor(ImageDigest()));
  const auto with = [&](const std::string& pem) {
    auto layer = good;
    layer.first.annotations[kCertificate] = pem;
    return ReasonFor(*Plain(Key()), layer);
  };
  CHECK(with("") == Reason::kSigned);
  CHECK(with(Key().Certificate()) == Reason::kSigned);
  CHECK(with(other.Certificate()) == Reason::kSignatureForeignKey);
  CHECK(with(Key().Certificate() + Key().Certificate()) ==
        Reason::kCertificateMalformed);
  CHECK(with("-----BEGIN CERTIFICATE-----") == Reason::kCertificateMalformed);
  // The right certificate beside a signature by another key.
  auto layer = Layer(other, PayloadFor(ImageDigest()));
  layer.first.annotations[kCertificate] = Key().Certificate();
  CHECK(ReasonFor(*Plain(Key()), layer) == Reason::kSignatureInvalid);
}

TEST_CASE("a log entry beside the signature has its shape checked") {
  const auto with = [&](const std::string& json) {
    auto layer = Layer(Key(), PayloadFor(ImageDigest()));
    layer.first.annotations[kBundle] = json;
    return ReasonFor(*Plain(Key()), layer);
  };
  const std::string entry =
      R"({"body":"AAAA","integratedTime":1,"logIndex":2,"logID":"c0d2"})";
  CHECK(with(R"({"SignedEntryTimestamp":"AAAA","Payload":)" + entry + "}") ==
        Reason::kSigned);
  CHECK(with("{}") == Reason::kBundleMalformed);
  CHECK(with("null") == Reason::kBundleMalformed);
  CHECK(with(R"({"SignedEntryTimestamp":"AAA","Payload":)" + entry + "}") ==
        Reason::kBundleMalformed);
  CHECK(with(R"({"Payload":)" + entry + "}") == Reason::kBundleMalformed);
  CHECK(with("{") == Reason::kJsonMalformed);
}

TEST_CASE("keys count only within their validity") {
  KeyringOptions options;
  options.window.from = TargetOf().now;
  options.window.until = TargetOf().now + std::chrono::seconds(10);
  const auto signer = Make({RingOf(Key(), KeyUse::kSigstore, options), {}, {}});
  const auto at = [&](int seconds) {
    auto target = TargetOf();
    target.now += std::chrono::seconds(seconds);
    return Judge(*signer, target,
                 {Artifact(ArtifactOrigin::kCosignTag,
                           {Layer(Key(), PayloadFor(ImageDigest()))})});
  };
  CHECK(OnlyReason(at(-1)) == Reason::kKeyNotYetValid);
  CHECK(OnlyReason(at(0)) == Reason::kSigned);
  CHECK(OnlyReason(at(9)) == Reason::kSigned);
  CHECK(OnlyReason(at(10)) == Reason::kKeyExpired);
  REQUIRE(at(0).verified.size() == 1);
  CHECK(at(0).verified.front().valid_until() == options.window.until);
}

TEST_CASE("bad candidates never hide a good one") {
  const auto& other = TestKey::Of(KeyKind::kRsa2048);
  const auto good = Layer(Key(), PayloadFor(ImageDigest()));
  auto tampered = good;
  tampered.second += " ";
  tampered.first.digest = Digest::Of("something else");
  auto junk = DescriptorOf(kSimpleSigningMediaType, "junk");
  junk.annotations[kSignature] = "AAAA";
  const auto findings =
      Judge(*Plain(Key()), TargetOf(),
            {Artifact(ArtifactOrigin::kUnknown, {}),
             Artifact(ArtifactOrigin::kCosignTag,
                      {tampered,
                       {junk, "junk"},
                       {DescriptorOf("text/plain", "x"), "x"},
                       Layer(other, PayloadFor(ImageDigest())),
                       good})});
  CHECK(findings.verified.size() == 1);
  REQUIRE(findings.failed.size() == 3);
  CHECK(findings.failed[0].error.reason == Reason::kEvidenceTampered);
  CHECK(findings.failed[1].error.reason == Reason::kSignatureInvalid);
  CHECK(findings.failed[2].error.reason == Reason::kSignatureInvalid);
}

TEST_CASE("several signatures over one payload are told apart") {
  const auto second = TestKey::Make(KeyKind::kEd25519);
  const auto ring =
      Keyring::Make({Key().Public(), second.Public()}, KeyUse::kSigstore, {});
  REQUIRE(ring);
  const auto signer = Make({*ring, {}, {}});
  const auto payload = PayloadFor(ImageDigest());
  auto artifact = Artifact(ArtifactOrigin::kCosignTag,
                           {Layer(Key(), payload), Layer(second, payload)});
  artifact.blobs.pop_back();  // the payload is one blob
  const auto findings = Judge(*signer, TargetOf(), {artifact});
  REQUIRE(findings.verified.size() == 2);
  CHECK(findings.verified[0].identity() != findings.verified[1].identity());
}

TEST_CASE("blobs are what their descriptor says, or refused") {
  auto lying = Layer(Key(), PayloadFor(ImageDigest()));
  lying.first.size += 1;
  CHECK(ReasonFor(*Plain(Key()), lying) == Reason::kEvidenceTampered);
  auto absent = Artifact(ArtifactOrigin::kCosignTag,
                         {Layer(Key(), PayloadFor(ImageDigest()))});
  absent.blobs.clear();
  CHECK(OnlyReason(Judge(*Plain(Key()), TargetOf(), {absent})) ==
        Reason::kEvidenceUnavailable);
}

TEST_CASE("an artifact with too many signatures is refused as a whole") {
  const auto good = Layer(Key(), PayloadFor(ImageDigest()));
  CHECK(OnlyReason(Judge(
            *Plain(Key()), TargetOf(),
            {Artifact(ArtifactOrigin::kCosignTag, std::vector(65, good))})) ==
        Reason::kEvidenceTooMany);
}

TEST_CASE("a flood of signatures is cut off") {
  const auto flood = [](std::size_t artifacts) {
    const auto junk =
        Layer(TestKey::Of(KeyKind::kEcdsaP256), PayloadFor(ImageDigest()));
    std::vector<UntrustedArtifact> all(
        artifacts, Artifact(ArtifactOrigin::kCosignTag,
                            std::vector(limits::kSignatureLayers, junk)));
    all.push_back(Artifact(ArtifactOrigin::kCosignTag,
                           {Layer(Key(), PayloadFor(ImageDigest()))}));
    return Judge(*Plain(Key()), TargetOf(), all);
  };
  constexpr std::size_t kMost =
      limits::kSignaturesTried / limits::kSignatureLayers;
  CHECK(flood(kMost - 1).verified.size() == 1);
  const Findings cut = flood(kMost);
  CHECK(cut.verified.empty());
  CHECK(cut.failed.back().error.reason == Reason::kEvidenceTooMany);
}

TEST_CASE("the OCI 1.1 form counts only where its subject is the image") {
  auto artifact = Artifact(ArtifactOrigin::kReferrer,
                           {Layer(Key(), PayloadFor(ImageDigest()))});
  const auto verdict = [&] {
    return OnlyReason(Judge(*Plain(Key()), TargetOf(), {artifact}));
  };
  CHECK(verdict() == Reason::kUnspecified);  // another kind of referrer
  artifact.manifest->config.media_type = kLegacyArtifactType;
  CHECK(verdict() == Reason::kArtifactSubject);
  artifact.manifest->subject = DescriptorOf(kOciManifest, "another");
  CHECK(verdict() == Reason::kArtifactSubject);
  artifact.manifest->subject =
      DescriptorOf(kOciManifest, "the image's manifest");
  CHECK(verdict() == Reason::kSigned);
}

TEST_CASE("one flipped bit in payload or digest turns the signature away") {
  const auto good = Layer(Key(), PayloadFor(ImageDigest()));
  REQUIRE(ReasonFor(*Plain(Key()), good) == Reason::kSigned);
  for (std::size_t bit = 0; bit < good.second.size() * 8; ++bit) {
    auto [layer, payload] = good;
    payload[bit / 8] = static_cast<char>(payload[bit / 8] ^ (1 << (bit % 8)));
    auto flipped = DescriptorOf(kSimpleSigningMediaType, payload);
    flipped.annotations = layer.annotations;
    CAPTURE(bit);
    REQUIRE(ReasonFor(*Plain(Key()), {flipped, payload}) ==
            Reason::kSignatureInvalid);
  }
  auto hex = ImageDigest().hex();
  hex[0] = hex[0] == '0' ? '1' : '0';
  CHECK(OnlyReason(Judge(*Plain(Key()),
                         TargetOf({Digest::Parse("sha256:" + hex).value()}),
                         {Artifact(ArtifactOrigin::kCosignTag, {good})})) ==
        Reason::kSignatureOtherImage);
}

}  // namespace
}  // namespace assay
