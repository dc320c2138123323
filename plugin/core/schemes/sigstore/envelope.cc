#include "core/schemes/sigstore/envelope.h"

#include <utility>

#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"

namespace assay {
namespace {

constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";

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

}  // namespace

std::string Envelope::SignedBytes() const {
  return "DSSEv1 " + std::to_string(type.size()) + " " + type + " " +
         std::to_string(payload.size()) + " " + payload;
}

Result<SignedEnvelope> SignedEnvelope::Read(const Json& json,
                                            const std::string& path) {
  const auto envelope =
      Fields::Open(json, path, {"payload", "payloadType", "signatures"});
  if (!envelope) return envelope.error();
  auto signature = ReadOneSignature(*envelope);
  if (!signature) return signature.error();
  auto payload = envelope->Bytes("payload");
  if (!payload) return payload.error();
  auto type = envelope->String("payloadType");
  if (!type) return type.error();
  return SignedEnvelope{{*std::move(type), *std::move(payload)},
                        *std::move(signature)};
}

Status CheckPayloadType(const Envelope& envelope) {
  if (envelope.type == kInTotoType) return Ok();
  return Fail(Reason::kPayloadType, "'" + envelope.type + "'");
}

}  // namespace assay
