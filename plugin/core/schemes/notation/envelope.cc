#include "core/schemes/notation/envelope.h"

#include "core/schemes/notation/cose.h"
#include "core/schemes/notation/jws.h"
#include "core/trust/ecdsa_signature.h"

namespace assay {
namespace {

struct KeyUse {
  EnvelopeAlgorithm name = EnvelopeAlgorithm::kUnknown;
  SignatureAlgorithm algorithm;
};

// The one algorithm of each kind of key (signature-specification.md, "Signature
// Algorithm Requirements").
KeyUse UseOf(KeyKind kind) {
  constexpr auto kPadding = Padding::kPssHashSalt;
  switch (kind) {
    case KeyKind::kRsa2048:
      return {EnvelopeAlgorithm::kPs256, {HashAlgorithm::kSha256, kPadding}};
    case KeyKind::kRsa3072:
      return {EnvelopeAlgorithm::kPs384, {HashAlgorithm::kSha384, kPadding}};
    case KeyKind::kRsa4096:
      return {EnvelopeAlgorithm::kPs512, {HashAlgorithm::kSha512, kPadding}};
    case KeyKind::kEcdsaP256:
      return {EnvelopeAlgorithm::kEs256, {HashAlgorithm::kSha256}};
    case KeyKind::kEcdsaP384:
      return {EnvelopeAlgorithm::kEs384, {HashAlgorithm::kSha384}};
    case KeyKind::kEcdsaP521:
      return {EnvelopeAlgorithm::kEs512, {HashAlgorithm::kSha512}};
    case KeyKind::kEd25519:
      break;
  }
  return {};
}

}  // namespace

Result<NotationEnvelope> ParseEnvelope(std::string_view media_type,
                                       std::string_view bytes) {
  if (media_type == kJwsMediaType) return ParseJws(bytes);
  if (media_type == kCoseMediaType) return ParseCose(bytes);
  return Fail(Reason::kEnvelopeMalformed,
              "its media type is '" + std::string(media_type) + "'");
}

Status CheckSignature(const NotationEnvelope& envelope,
                      const Certificate& leaf) {
  const auto key = leaf.Key();
  if (!key) return key.error();
  const KeyUse use = UseOf(key->kind());
  if (use.name == EnvelopeAlgorithm::kUnknown) {
    return Fail(Reason::kKeyUnsupported, std::string(KeyKindName(key->kind())));
  }
  if (use.name != envelope.algorithm) {
    return Fail(Reason::kEnvelopeAlgorithm,
                "it is not the one of a key of the kind " +
                    std::string(KeyKindName(key->kind())));
  }
  std::string signature = envelope.signature;
  if (use.algorithm.padding != Padding::kPssHashSalt) {
    auto der = EcdsaDer(key->kind(), signature);
    if (!der) return Fail(Reason::kSignatureInvalid, "its length is wrong");
    signature = *std::move(der);
  }
  if (key->Verify(use.algorithm, envelope.signed_bytes, signature)) return Ok();
  return Fail(Reason::kSignatureInvalid);
}

}  // namespace assay
