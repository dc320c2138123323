#include "core/schemes/detached/openssl_signer.h"

#include "base/bytes.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/signing_fixture.h"

namespace assay {
namespace {

using namespace test;

constexpr const char* kManifest = "the image's manifest";

const std::map<Digest, std::string>& Documents() {
  static const std::map<Digest, std::string> documents{
      {ImageDigest(), kManifest}};
  return documents;
}

UntrustedArtifact File(const std::string& bytes) {
  return {ArtifactOrigin::kDetachedFile,
          ImageDigest(),
          "/signatures/x.sig",
          std::nullopt,
          {{DescriptorOf(kDetachedLayerType, bytes), bytes}}};
}

UntrustedArtifact Referrer(const std::string& bytes) {
  auto artifact = Artifact(ArtifactOrigin::kReferrer,
                           {{DescriptorOf(kDetachedLayerType, bytes), bytes}});
  artifact.manifest->artifact_type = kDetachedArtifactType;
  artifact.manifest->subject = DescriptorOf(kOciManifest, kManifest);
  return artifact;
}

Reason ReasonFor(const TestKey& key, const UntrustedArtifact& artifact,
                 const KeyringOptions& options = {}, bool documents = true) {
  const OpensslSigner signer("ops", RingOf(key, KeyUse::kOpenssl, options),
                             "/signatures");
  auto target = TargetOf();
  if (documents) target.documents = &Documents();
  return OnlyReason(Judge(signer, target, {artifact}));
}

TEST_CASE("a plain signature by each kind of key, with the manifest at hand") {
  const auto kind =
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kEcdsaP384, KeyKind::kEcdsaP521,
               KeyKind::kRsa2048, KeyKind::kEd25519);
  const auto& key = TestKey::Of(kind);
  const auto signature = key.Sign({}, kManifest);
  CHECK(ReasonFor(key, File(signature)) == Reason::kSigned);
  CHECK(ReasonFor(key, Referrer(signature)) == Reason::kSigned);
  CHECK(ReasonFor(key, File(key.Sign({}, "another"))) ==
        Reason::kSignatureInvalid);
}

TEST_CASE("a signature counts where the target has it looked for") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const OpensslSigner signer("ops", RingOf(key, KeyUse::kOpenssl),
                             "/signatures");
  const auto signature = key.Sign({}, kManifest);
  auto target = TargetOf();
  target.origins = {ArtifactOrigin::kReferrer};
  CHECK(OnlyReason(Judge(signer, target, {Referrer(signature)})) ==
        Reason::kSigned);
  CHECK(OnlyReason(Judge(signer, target, {File(signature)})) ==
        Reason::kUnspecified);
}

TEST_CASE("the digest alone serves where the key's hash is the digest's") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto& edwards = TestKey::Of(KeyKind::kEd25519);
  CHECK(ReasonFor(key, File(key.Sign({}, kManifest)), {}, false) ==
        Reason::kSigned);
  CHECK(ReasonFor(edwards, File(edwards.Sign({}, kManifest)), {}, false) ==
        Reason::kManifestMissing);
  KeyringOptions options;
  options.hash = HashAlgorithm::kSha512;
  const auto signature = key.Sign({HashAlgorithm::kSha512}, kManifest);
  CHECK(ReasonFor(key, File(signature), options, false) ==
        Reason::kManifestMissing);
  CHECK(ReasonFor(key, File(signature), options) == Reason::kSigned);
}

TEST_CASE("documents that are not what they hash to are refused") {
  const auto& key = TestKey::Of(KeyKind::kEd25519);
  const std::map<Digest, std::string> lying{{ImageDigest(), "evil"}};
  auto target = TargetOf();
  target.documents = &lying;
  const OpensslSigner signer("ops", RingOf(key, KeyUse::kOpenssl), "");
  CHECK(OnlyReason(Judge(signer, target, {File(key.Sign({}, "evil"))})) ==
        Reason::kManifestDigestMismatch);
}

TEST_CASE("raw bytes, one line of base64 and wrapped base64 are read") {
  const auto& key = TestKey::Of(KeyKind::kRsa2048);
  const auto signature = key.Sign({}, kManifest);
  const auto text = Base64Encode(signature);
  CHECK(ReasonFor(key, File(signature)) == Reason::kSigned);
  CHECK(ReasonFor(key, File(text)) == Reason::kSigned);
  CHECK(ReasonFor(key, File(text + "\n")) == Reason::kSigned);
  CHECK(ReasonFor(key, File(text.substr(0, 64) + "\r\n" + text.substr(64))) ==
        Reason::kSigned);
  for (const auto& bad :
       {text + "=", " " + text, text.substr(1), signature + "x", std::string(),
        std::string("\n"), HexEncode(signature)}) {
    CAPTURE(bad);
    CHECK(ReasonFor(key, File(bad)) == Reason::kSignatureInvalid);
  }
  CHECK(ReasonFor(key, File(std::string(5000, 'A'))) == Reason::kTooLarge);
}

TEST_CASE("padding and hash are the policy's choice, never the artifact's") {
  const auto& key = TestKey::Of(KeyKind::kRsa2048);
  const auto pss = key.Sign({HashAlgorithm::kSha256, Padding::kPss}, kManifest);
  CHECK(ReasonFor(key, File(pss)) == Reason::kSignatureInvalid);
  KeyringOptions options;
  options.padding = Padding::kPss;
  CHECK(ReasonFor(key, File(pss), options) == Reason::kSigned);
  CHECK(ReasonFor(key, File(key.Sign({}, kManifest)), options) ==
        Reason::kSignatureInvalid);
  const auto& p384 = TestKey::Of(KeyKind::kEcdsaP384);
  CHECK(ReasonFor(p384, File(p384.Sign({HashAlgorithm::kSha384}, kManifest))) ==
        Reason::kSignatureInvalid);
}

TEST_CASE("a signature found for another image is not this one's") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  auto file = File(key.Sign({}, "another"));
  file.target = Digest::Of("another");
  CHECK(ReasonFor(key, file) == Reason::kArtifactSubject);
  auto referrer = Referrer(key.Sign({}, "another"));
  referrer.manifest->subject = DescriptorOf(kOciManifest, "another");
  CHECK(ReasonFor(key, referrer) == Reason::kArtifactSubject);
  referrer.manifest->subject.reset();
  CHECK(ReasonFor(key, referrer) == Reason::kArtifactSubject);
}

TEST_CASE("artifacts of other kinds are left to other signers") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  auto referrer = Referrer(key.Sign({}, kManifest));
  referrer.manifest->artifact_type = "application/spdx+json";
  CHECK(ReasonFor(key, referrer) == Reason::kUnspecified);
  auto tag = Referrer(key.Sign({}, kManifest));
  tag.origin = ArtifactOrigin::kCosignTag;
  CHECK(ReasonFor(key, tag) == Reason::kUnspecified);
}

TEST_CASE("a referrer's key hint words the refusal and decides nothing") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto other = TestKey::Make(KeyKind::kEcdsaP256);
  auto referrer = Referrer(other.Sign({}, kManifest));
  CHECK(ReasonFor(key, referrer) == Reason::kSignatureInvalid);
  const auto hint = [](UntrustedArtifact& artifact, const TestKey& named) {
    artifact.blobs.front().descriptor.annotations[kDetachedKeyAnnotation] =
        named.Public().fingerprint().str();
  };
  hint(referrer, other);
  CHECK(ReasonFor(key, referrer) == Reason::kSignatureForeignKey);
  hint(referrer, key);
  CHECK(ReasonFor(key, referrer) == Reason::kSignatureInvalid);
  auto good = Referrer(key.Sign({}, kManifest));
  hint(good, other);
  CHECK(ReasonFor(key, good) == Reason::kSigned);
}

TEST_CASE("tampered, empty and oversized artifacts are refused") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  auto file = File(key.Sign({}, kManifest));
  file.blobs.front().bytes += "x";
  CHECK(ReasonFor(key, file) == Reason::kEvidenceTampered);
  file.blobs.clear();
  CHECK(ReasonFor(key, file) == Reason::kEvidenceUnavailable);
  auto many = File(key.Sign({}, kManifest));
  many.blobs.resize(65, many.blobs.front());
  CHECK(ReasonFor(key, many) == Reason::kEvidenceTooMany);
}

TEST_CASE("validity windows hold for plain signatures too") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  KeyringOptions options;
  options.window.until = TargetOf().now;
  CHECK(ReasonFor(key, File(key.Sign({}, kManifest)), options) ==
        Reason::kKeyExpired);
}

}  // namespace
}  // namespace assay
