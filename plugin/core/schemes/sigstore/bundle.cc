#include "core/schemes/sigstore/bundle.h"

#include <array>
#include <utility>

#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"
#include "core/schemes/sigstore/log_material.h"

namespace assay {
namespace {

constexpr auto kVersions =
    std::to_array<std::pair<std::string_view, InclusionRule>>(
        {{"application/vnd.dev.sigstore.bundle+json;version=0.1",
          InclusionRule::kPromise},
         {"application/vnd.dev.sigstore.bundle+json;version=0.2",
          InclusionRule::kProof},
         {"application/vnd.dev.sigstore.bundle+json;version=0.3",
          InclusionRule::kProof},
         {"application/vnd.dev.sigstore.bundle.v0.3+json",
          InclusionRule::kProof}});

Result<InclusionRule> ReadVersion(const Json& json) {
  const auto* type = json.FindString("mediaType");
  if (type == nullptr) return Fail(Reason::kBundleVersion, "no mediaType");
  for (const auto& [name, rule] : kVersions) {
    if (*type == name) return rule;
  }
  return Fail(Reason::kBundleVersion, "mediaType '" + *type + "'");
}

// The public key's hint. A certificate beside or instead of the key makes it
// another kind of signature, which no key policy accepts.
Result<std::string> ReadHint(const Fields& material) {
  for (const auto* certificate : {"certificate", "x509CertificateChain"}) {
    if (material.Find(certificate) != nullptr) {
      return Fail(Reason::kBundleMaterial,
                  "it carries a certificate, the signer is a key");
    }
  }
  const auto* value = material.Find("publicKey");
  if (value == nullptr) {
    return Fail(Reason::kBundleMaterial, "it names no public key");
  }
  const auto key = Fields::Open(*value, material.Path("publicKey"), {"hint"});
  if (!key) return key.error();
  const auto* hint = key->Find("hint");
  if (hint == nullptr) return std::string();
  if (hint->AsString() == nullptr) return key->Bad("hint", "is no text");
  return *hint->AsString();
}

Result<std::string> ReadOneSignature(const Fields& envelope) {
  const auto list = envelope.List("signatures", limits::kSignatureLayers);
  if (!list) return list.error();
  if ((*list)->size() != 1) {
    return envelope.Bad("signatures", "has not exactly one element");
  }
  const auto signature = Fields::Open(
      (*list)->front(), envelope.Path("signatures[0]"), {"sig", "keyid"});
  if (!signature) return signature.error();
  return signature->Bytes("sig");
}

Status ReadEnvelope(const Fields& bundle, KeyBundle& read) {
  if (bundle.Find("messageSignature") != nullptr) {
    return Fail(Reason::kBundleContent,
                "it signs bytes (messageSignature), not an image statement");
  }
  const auto* value = bundle.Find("dsseEnvelope");
  if (value == nullptr) return Fail(Reason::kBundleContent, "it is empty");
  const auto envelope = Fields::Open(*value, "dsseEnvelope",
                                     {"payload", "payloadType", "signatures"});
  if (!envelope) return envelope.error();
  auto signature = ReadOneSignature(*envelope);
  if (!signature) return signature.error();
  auto payload = envelope->Bytes("payload");
  if (!payload) return payload.error();
  auto type = envelope->String("payloadType");
  if (!type) return type.error();
  read.signature = *std::move(signature);
  read.payload = *std::move(payload);
  read.payload_type = *std::move(type);
  return Ok();
}

}  // namespace

Result<KeyBundle> KeyBundle::Parse(std::string_view bytes) {
  const auto json = Json::Parse(bytes, limits::kArtifactBlobBytes);
  if (!json) return json.error();
  const auto rule = ReadVersion(*json);
  if (!rule) return rule.error();
  const auto bundle = Fields::Open(*json, "",
                                   {"mediaType", "verificationMaterial",
                                    "messageSignature", "dsseEnvelope"});
  if (!bundle) return bundle.error();
  const auto value = bundle->Value("verificationMaterial");
  if (!value) return value.error();
  const auto material =
      Fields::Open(**value, "verificationMaterial",
                   {"certificate", "x509CertificateChain", "publicKey",
                    "tlogEntries", "timestampVerificationData"});
  if (!material) return material.error();
  auto hint = ReadHint(*material);
  if (!hint) return hint.error();

  KeyBundle read;
  read.hint = *std::move(hint);
  const auto content = ReadEnvelope(*bundle, read);
  if (!content) return content.error();
  const auto entries = CheckLogEntries(material->Find("tlogEntries"), *rule);
  if (!entries) return entries.error();
  const auto times =
      CheckTimestamps(material->Find("timestampVerificationData"));
  if (!times) return times.error();
  return read;
}

std::string KeyBundle::SignedBytes() const {
  return "DSSEv1 " + std::to_string(payload_type.size()) + " " + payload_type +
         " " + std::to_string(payload.size()) + " " + payload;
}

}  // namespace assay
