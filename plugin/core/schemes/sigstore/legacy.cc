#include "core/schemes/sigstore/legacy.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"
#include "core/trust/pem.h"

namespace assay {
namespace {

constexpr const char* kSignature = "dev.cosignproject.cosign/signature";
constexpr const char* kCertificate = "dev.sigstore.cosign/certificate";
constexpr const char* kChain = "dev.sigstore.cosign/chain";
constexpr const char* kBundle = "dev.sigstore.cosign/bundle";
constexpr const char* kPredicateType = "predicateType";
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

Result<std::vector<std::string>> ReadCertificates(const std::string& pem,
                                                  std::size_t most) {
  auto blocks = ReadPem(pem);
  if (!blocks)
    return Fail(Reason::kCertificateMalformed, blocks.error().detail);
  if (blocks->size() > most) {
    return Fail(Reason::kCertificateMalformed, "too many certificates");
  }
  std::vector<std::string> certificates;
  for (PemBlock& block : *blocks) {
    if (block.label != "CERTIFICATE") {
      return Fail(Reason::kCertificateMalformed, "a " + block.label);
    }
    certificates.push_back(std::move(block.bytes));
  }
  return certificates;
}

Result<std::string> ReadTimestamp(const std::string& json) {
  const auto parsed = Json::Parse(json, limits::kArtifactBlobBytes);
  if (!parsed) return parsed.error();
  const auto timestamp = Fields::Open(*parsed, "", {"SignedRFC3161Timestamp"});
  if (!timestamp) return timestamp.error();
  return timestamp->Bytes("SignedRFC3161Timestamp");
}

Status ReadLogs(const Descriptor& layer, Material& material) {
  if (const auto* bundle = Annotation(layer, kBundle)) {
    auto entry = ReadLegacyLogEntry(*bundle);
    if (!entry) return WithContext(entry.error(), kBundle);
    material.log_entries.push_back(*std::move(entry));
  }
  if (const auto* json = Annotation(layer, kTimestamp)) {
    auto timestamp = ReadTimestamp(*json);
    if (!timestamp) return WithContext(timestamp.error(), kTimestamp);
    material.timestamps.push_back(*std::move(timestamp));
  }
  return Ok();
}

Status ReadSigner(const Descriptor& layer, Material& material) {
  if (const auto* pem = Annotation(layer, kCertificate)) {
    auto certificate = ReadCertificates(*pem, 1);
    if (!certificate) return certificate.error();
    material.certificate = std::move(certificate->front());
  }
  // It ends in the authority's own certificate, which only the operator gives.
  if (const auto* pem = Annotation(layer, kChain)) {
    auto chain = ReadCertificates(*pem, limits::kCertificatesPerChain);
    if (!chain) return WithContext(chain.error(), kChain);
    if (!chain->empty()) chain->pop_back();
    material.chain = *std::move(chain);
  }
  return Ok();
}

Status ReadMaterial(const Descriptor& layer, Material& material) {
  const auto logs = ReadLogs(layer, material);
  return logs ? ReadSigner(layer, material) : logs;
}

}  // namespace

Result<Candidate> ReadLegacyLayer(const Descriptor& layer,
                                  std::string_view payload) {
  if (payload.size() > limits::kSimpleSigningBytes) {
    return Fail(Reason::kTooLarge, "the signed payload");
  }
  auto signature = ReadSignature(layer);
  if (!signature) return signature.error();
  Candidate candidate;
  candidate.signature = *std::move(signature);
  candidate.signed_bytes = payload;
  const auto material = ReadMaterial(layer, candidate.material);
  if (!material) return material.error();
  return candidate;
}

Result<Candidate> ReadAttestationLayer(const Descriptor& layer,
                                       std::string_view bytes) {
  const auto json = Json::Parse(bytes, limits::kArtifactBlobBytes);
  if (!json) return json.error();
  auto read = SignedEnvelope::Read(*json, "envelope");
  if (!read) return read.error();
  const auto type = CheckPayloadType(read->envelope);
  if (!type) return type.error();
  Candidate candidate;
  candidate.signature = std::move(read->signature);
  candidate.signed_bytes = read->envelope.SignedBytes();
  candidate.envelope = std::move(read->envelope);
  candidate.stamped_bytes = bytes;
  const auto material = ReadMaterial(layer, candidate.material);
  if (!material) return material.error();
  return candidate;
}

std::string ClaimedPredicateType(const Descriptor& layer) {
  const auto* type = Annotation(layer, kPredicateType);
  return type == nullptr ? "" : *type;
}

}  // namespace assay
