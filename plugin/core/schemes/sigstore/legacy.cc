#include "core/schemes/sigstore/legacy.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/log_material.h"
#include "core/schemes/sigstore/simple_signing.h"
#include "core/trust/certificate.h"

namespace assay {
namespace {

constexpr const char* kSignature = "dev.cosignproject.cosign/signature";
constexpr const char* kCertificate = "dev.sigstore.cosign/certificate";
constexpr const char* kBundle = "dev.sigstore.cosign/bundle";
constexpr const char* kTimestamp = "dev.sigstore.cosign/rfc3161timestamp";

// Cosign writes empty annotations where it has nothing to say: null then.
const std::string* Annotation(const Descriptor& layer, const char* key) {
  const auto found = layer.annotations.find(key);
  if (found == layer.annotations.end() ||
      found->second.find_first_not_of(" \t\r\n") == std::string::npos) {
    return nullptr;
  }
  return &found->second;
}

Result<std::string> ReadSignature(const Descriptor& layer) {
  const auto* text = Annotation(layer, kSignature);
  if (text == nullptr) {
    return Fail(Reason::kBase64Malformed,
                std::string("no annotation ") + kSignature);
  }
  auto bytes = Base64Decode(*text);
  if (!bytes) return Fail(Reason::kBase64Malformed, kSignature);
  return *std::move(bytes);
}

// Log entries and timestamps add no trust to a key's signature, but what is
// there must be what it claims to be.
Status CheckMaterial(const Descriptor& layer) {
  if (const auto* bundle = Annotation(layer, kBundle)) {
    const auto status = CheckLegacyLogEntry(*bundle);
    if (!status) return WithContext(status.error(), kBundle);
  }
  if (const auto* timestamp = Annotation(layer, kTimestamp)) {
    const auto status = CheckLegacyTimestamp(*timestamp);
    if (!status) return WithContext(status.error(), kTimestamp);
  }
  return Ok();
}

// A certificate beside the signature must hold the very key that signed.
Result<const TrustedKey*> FindKey(const Keyring& keyring,
                                  const Descriptor& layer,
                                  std::string_view payload,
                                  std::string_view signature) {
  const SignedMessage message(payload);
  const auto* certificate = Annotation(layer, kCertificate);
  if (certificate == nullptr) {
    const auto* key = keyring.FindSigner(message, signature);
    if (key == nullptr) return Fail(Reason::kSignatureInvalid);
    return key;
  }
  const auto fingerprint = CertificateKeyFingerprint(*certificate);
  if (!fingerprint) return fingerprint.error();
  const auto* key = keyring.Find(*fingerprint);
  if (key == nullptr) {
    return Fail(Reason::kSignatureForeignKey,
                "its certificate holds the key " + fingerprint->str());
  }
  if (!key->Verifies(message, signature)) {
    return Fail(Reason::kSignatureInvalid);
  }
  return key;
}

}  // namespace

Result<KeyMatch> VerifyLegacyLayer(const SigstoreKeyPolicy& policy,
                                   const SigningTarget& target,
                                   const Descriptor& layer,
                                   std::string_view payload) {
  if (payload.size() > limits::kSimpleSigningBytes) {
    return Fail(Reason::kTooLarge, "the signed payload");
  }
  const auto signature = ReadSignature(layer);
  if (!signature) return signature.error();
  const auto material = CheckMaterial(layer);
  if (!material) return material.error();
  const auto key = FindKey(policy.keyring, layer, payload, *signature);
  if (!key) return key.error();

  const auto read = SimpleSigning::Parse(payload);
  if (!read) return read.error();
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), read->manifest) ==
      digests.end()) {
    return Fail(Reason::kSignatureOtherImage,
                "signed is " + read->manifest.str());
  }
  const auto repository =
      policy.JudgeRepository(target.name, read->docker_reference);
  if (!repository) return repository.error();
  const auto annotations = policy.JudgeAnnotations(read->annotations);
  if (!annotations) return annotations.error();
  const auto time = policy.keyring.JudgeTime(target.now);
  if (!time) return time.error();
  return KeyMatch{*key, read->manifest};
}

}  // namespace assay
