#include "core/schemes/detached/binary_authorization.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kKeyIdPrefix = "ni:///sha-256;";

Error BadAttestation(std::string detail) {
  return Fail(Reason::kPayloadMalformed, std::move(detail));
}

// Base64 of either alphabet, with or without padding.
std::optional<std::string> AnyBase64(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.ends_with('=')) standard.pop_back();
  standard.append((4 - standard.size() % 4) % 4, '=');
  return Base64Decode(standard);
}

std::optional<Digest> KeyNamed(const std::string* id) {
  if (id == nullptr || !id->starts_with(kKeyIdPrefix)) return std::nullopt;
  const auto raw = AnyBase64(std::string_view(*id).substr(kKeyIdPrefix.size()));
  if (!raw) return std::nullopt;
  const auto digest = Digest::Parse("sha256:" + HexEncode(*raw));
  return digest ? std::optional(*digest) : std::nullopt;
}

Result<ExportedAttestation> ReadOccurrence(const Json& occurrence) {
  const Json* attestation = occurrence.Find("attestation");
  if (attestation == nullptr) {
    return BadAttestation("an occurrence without attestation");
  }
  const auto* payload = attestation->FindString("serializedPayload");
  const auto* signatures = attestation->FindArray("signatures");
  const auto bytes = payload == nullptr ? std::nullopt : AnyBase64(*payload);
  if (!bytes || bytes->empty() || signatures == nullptr) {
    return BadAttestation("serializedPayload or signatures is missing");
  }
  ExportedAttestation read{*bytes, {}};
  for (const Json& one : *signatures) {
    const auto* text = one.FindString("signature");
    auto signature = text == nullptr ? std::nullopt : AnyBase64(*text);
    if (!signature || signature->empty()) {
      return BadAttestation("a signature that is no base64");
    }
    read.signatures.push_back(
        {*std::move(signature), KeyNamed(one.FindString("publicKeyId"))});
  }
  return read;
}

}  // namespace

Result<std::vector<ExportedAttestation>> ReadAttestations(
    std::string_view text) {
  const auto json = Json::Parse(text, limits::kSimpleSigningBytes);
  if (!json) return json.error();
  const Json::Array single = {*json};
  const Json::Array* occurrences = json->AsArray();
  if (occurrences == nullptr) occurrences = json->FindArray("occurrences");
  if (occurrences == nullptr) occurrences = &single;
  if (occurrences->size() > limits::kSignatureLayers) {
    return Fail(Reason::kEvidenceTooMany, "attestations in one file");
  }
  std::vector<ExportedAttestation> attestations;
  std::size_t signatures = 0;
  for (const Json& occurrence : *occurrences) {
    auto one = ReadOccurrence(occurrence);
    if (!one) return one.error();
    signatures += one->signatures.size();
    if (signatures > limits::kSignatureLayers) {
      return Fail(Reason::kEvidenceTooMany, "signatures in one file");
    }
    attestations.push_back(*std::move(one));
  }
  return attestations;
}

}  // namespace assay
