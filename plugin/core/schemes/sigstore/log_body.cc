#include "core/schemes/sigstore/log_body.h"

#include <array>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "core/trust/pem.h"

namespace assay {
namespace {

Error Mismatch(std::string detail) {
  return Fail(Reason::kLogEntryMismatch, std::move(detail));
}

// A member some levels down; null where one of them is absent.
const Json* At(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* value = &json;
  for (const auto key : path) {
    if (value == nullptr) return nullptr;
    value = value->Find(key);
  }
  return value;
}

std::string_view TextOf(const Json* json) {
  const auto* text = json == nullptr ? nullptr : json->AsString();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

bool Holds(const Json* json, std::string_view expected) {
  return !expected.empty() && TextOf(json) == expected;
}

bool HoldsBase64(const Json* json, std::string_view bytes) {
  return Holds(json, Base64Encode(bytes));
}

// {"algorithm": "sha256", "value": <hex>} of the message, by the hash it names.
bool HoldsHash(const Json* json, const SignedMessage& message) {
  if (json == nullptr) return false;
  for (const auto algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha384,
                               HashAlgorithm::kSha512}) {
    if (!Holds(json->Find("algorithm"), HashName(algorithm))) continue;
    const Digest* digest = message.By(algorithm);
    return digest != nullptr && Holds(json->Find("value"), digest->hex());
  }
  return false;
}

// Base64 of the PEM of the signer's certificate or key.
bool HoldsSigner(const Json* json, const LoggedSignature& logged) {
  const auto pem = Base64Decode(TextOf(json));
  const auto blocks = pem ? ReadPem(*pem) : Fail(Reason::kKeyMalformed);
  if (!blocks || blocks->size() != 1) return false;
  const auto& certificate = logged.candidate.material.certificate;
  const auto& block = blocks->front();
  return certificate.empty()
             ? block.label == "PUBLIC KEY" && block.bytes == logged.key.spki()
             : block.label == "CERTIFICATE" && block.bytes == certificate;
}

// rekor pkg/types/hashedrekord/v0.0.1. Records the bytes that were hashed and
// signed; of an envelope that is its encoding (sigstore client specification,
// verification of an envelope).
Status CheckHashedRekord(const Json& spec, const LoggedSignature& logged) {
  const Candidate& candidate = logged.candidate;
  if (!HoldsBase64(At(spec, {"signature", "content"}), candidate.signature)) {
    return Mismatch("it records another signature");
  }
  if (!HoldsSigner(At(spec, {"signature", "publicKey", "content"}), logged)) {
    return Mismatch("it records another key or certificate");
  }
  if (!HoldsHash(At(spec, {"data", "hash"}), candidate.Message())) {
    return Mismatch("it records other bytes");
  }
  return Ok();
}

// rekor pkg/types/dsse/v0.0.1.
Status CheckDsse(const Json& spec, const LoggedSignature& logged) {
  const Candidate& candidate = logged.candidate;
  const auto* signatures = spec.FindArray("signatures");
  if (!candidate.envelope || signatures == nullptr || signatures->size() != 1) {
    return Mismatch("it does not record one signature of an envelope");
  }
  const Json& one = signatures->front();
  if (!HoldsBase64(one.Find("signature"), candidate.signature)) {
    return Mismatch("it records another signature");
  }
  if (!HoldsSigner(one.Find("verifier"), logged)) {
    return Mismatch("it records another key or certificate");
  }
  if (!HoldsHash(spec.Find("payloadHash"),
                 SignedMessage(candidate.envelope->payload))) {
    return Mismatch("it records another payload");
  }
  return Ok();
}

// rekor pkg/types/intoto/v0.0.2. Signatures and keys are base64 twice over.
Status CheckInToto(const Json& spec, const LoggedSignature& logged) {
  const Candidate& candidate = logged.candidate;
  const auto* envelope = At(spec, {"content", "envelope"});
  const auto* signatures =
      envelope == nullptr ? nullptr : envelope->FindArray("signatures");
  if (!candidate.envelope || signatures == nullptr || signatures->size() != 1) {
    return Mismatch("it does not record one signature of an envelope");
  }
  const Json& one = signatures->front();
  if (!HoldsBase64(one.Find("sig"), Base64Encode(candidate.signature))) {
    return Mismatch("it records another signature");
  }
  if (!HoldsSigner(one.Find("publicKey"), logged)) {
    return Mismatch("it records another key or certificate");
  }
  if (!Holds(envelope->Find("payloadType"), candidate.envelope->type) ||
      !HoldsHash(At(spec, {"content", "payloadHash"}),
                 SignedMessage(candidate.envelope->payload))) {
    return Mismatch("it records another payload");
  }
  return Ok();
}

struct EntryKind {
  std::string_view name;
  std::string_view version;
  Status (*check)(const Json& spec, const LoggedSignature& logged);
};

constexpr auto kKinds =
    std::to_array<EntryKind>({{"hashedrekord", "0.0.1", CheckHashedRekord},
                              {"dsse", "0.0.1", CheckDsse},
                              {"intoto", "0.0.2", CheckInToto}});

// protobuf-specs sigstore_common.proto, PublicKeyDetails.
std::string_view KeyDetails(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
      return "PKIX_ECDSA_P256_SHA_256";
    case KeyKind::kEcdsaP384:
      return "PKIX_ECDSA_P384_SHA_384";
    case KeyKind::kEcdsaP521:
      return "PKIX_ECDSA_P521_SHA_512";
    case KeyKind::kRsa2048:
      return "PKIX_RSA_PKCS1V15_2048_SHA256";
    case KeyKind::kRsa3072:
      return "PKIX_RSA_PKCS1V15_3072_SHA256";
    case KeyKind::kRsa4096:
      return "PKIX_RSA_PKCS1V15_4096_SHA256";
    case KeyKind::kEd25519:
      return "PKIX_ED25519_PH";
  }
  return "";
}

std::string_view HashDetails(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return "SHA2_256";
    case HashAlgorithm::kSha384:
      return "SHA2_384";
    case HashAlgorithm::kSha512:
      return "SHA2_512";
  }
  return "";
}

Json Text(std::string_view text) { return Json(std::string(text)); }

Json Base64(std::string_view bytes) { return Json(Base64Encode(bytes)); }

}  // namespace

Status CheckLogBody(const LogEntry& entry, const LoggedSignature& logged) {
  const auto body = Json::Parse(entry.body, limits::kArtifactBlobBytes);
  if (!body) return WithContext(body.error(), "the log entry's body");
  const Json* spec = body->Find("spec");
  if (!Holds(body->Find("kind"), entry.kind) ||
      !Holds(body->Find("apiVersion"), entry.version) || spec == nullptr) {
    return Mismatch("its body is of another kind");
  }
  for (const EntryKind& kind : kKinds) {
    if (kind.name == entry.kind && kind.version == entry.version) {
      return kind.check(*spec, logged);
    }
  }
  return Fail(Reason::kLogEntryKind, entry.kind + " " + entry.version);
}

// RFC 8785 canonical JSON: Json::Dump sorts the members and adds no space.
Result<std::string> RebuildLogBody(const LoggedSignature& logged) {
  const SignedMessage message = logged.candidate.Message();
  const Digest* digest = message.By(logged.algorithm.hash);
  if (digest == nullptr) return Mismatch("the digest signed is not known");
  const auto& certificate = logged.candidate.material.certificate;
  const bool by_key = certificate.empty();
  const Json signer(Json::Object{
      {"rawBytes", Base64(by_key ? logged.key.spki() : certificate)}});
  const Json verifier(
      Json::Object{{"keyDetails", Text(KeyDetails(logged.key.kind()))},
                   {by_key ? "publicKey" : "x509Certificate", signer}});
  const Json record(Json::Object{
      {"data", Json(Json::Object{
                   {"algorithm", Text(HashDetails(logged.algorithm.hash))},
                   {"digest", Base64(digest->bytes())}})},
      {"signature",
       Json(Json::Object{{"content", Base64(logged.candidate.signature)},
                         {"verifier", verifier}})}});
  return Json(Json::Object{
                  {"apiVersion", Text("0.0.2")},
                  {"kind", Text("hashedrekord")},
                  {"spec", Json(Json::Object{{"hashedRekordV002", record}})}})
      .Dump();
}

}  // namespace assay
