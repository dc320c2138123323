#include "core/schemes/sigstore/log_material.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"

namespace assay {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kProofHashes = 64;  // a tree of 2^64 leaves

// The first failure among checks that are all made.
Status All(std::initializer_list<Status> checks) {
  const auto failed =
      std::find_if(checks.begin(), checks.end(),
                   [](const Status& check) { return !check.has_value(); });
  return failed == checks.end() ? Ok() : *failed;
}

template <typename T>
Status Drop(const Result<T>& result) {
  if (!result) return result.error();
  return Ok();
}

Status CheckPromise(const Json& json, const std::string& path) {
  const auto promise = Fields::Open(json, path, {"signedEntryTimestamp"});
  if (!promise) return promise.error();
  return Drop(promise->Bytes("signedEntryTimestamp"));
}

Status CheckHashes(const Fields& proof) {
  const auto hashes = proof.List("hashes", kProofHashes);
  if (!hashes) return hashes.error();
  for (const auto& hash : **hashes) {
    const auto* text = hash.AsString();
    const auto bytes = text == nullptr ? std::nullopt : Base64Decode(*text);
    if (!bytes || bytes->size() != kHashBytes) {
      return proof.Bad("hashes", "holds no hash");
    }
  }
  return Ok();
}

Status CheckProof(const Json& json, const std::string& path) {
  const auto proof = Fields::Open(
      json, path, {"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"});
  if (!proof) return proof.error();
  const auto value = proof->Value("checkpoint");
  if (!value) return value.error();
  const auto checkpoint =
      Fields::Open(**value, proof->Path("checkpoint"), {"envelope"});
  if (!checkpoint) return checkpoint.error();
  const auto index = proof->Count("logIndex");
  const auto size = proof->Count("treeSize");
  const auto root = proof->Bytes("rootHash");
  auto status =
      All({Drop(index), Drop(size), Drop(root),
           Drop(checkpoint->String("envelope")), CheckHashes(*proof)});
  if (!status) return status;
  if (root->size() != kHashBytes) return proof->Bad("rootHash", "is no hash");
  if (*index >= *size) return proof->Bad("logIndex", "is beyond the tree");
  return Ok();
}

Status CheckKind(const Fields& entry) {
  const auto value = entry.Value("kindVersion");
  if (!value) return value.error();
  const auto kind =
      Fields::Open(**value, entry.Path("kindVersion"), {"kind", "version"});
  if (!kind) return kind.error();
  return All({Drop(kind->String("kind")), Drop(kind->String("version"))});
}

Status CheckLogId(const Fields& entry) {
  const auto value = entry.Value("logId");
  if (!value) return value.error();
  const auto id = Fields::Open(**value, entry.Path("logId"), {"keyId"});
  if (!id) return id.error();
  return Drop(id->Bytes("keyId"));
}

Status CheckInclusion(const Fields& entry, InclusionRule rule) {
  const auto* promise = entry.Find("inclusionPromise");
  const auto* proof = entry.Find("inclusionProof");
  if (rule == InclusionRule::kPromise && promise == nullptr) {
    return entry.Bad("inclusionPromise", "is absent");
  }
  if (rule == InclusionRule::kProof && proof == nullptr) {
    return entry.Bad("inclusionProof", "is absent");
  }
  Status status = Ok();
  if (promise != nullptr) {
    status = CheckPromise(*promise, entry.Path("inclusionPromise"));
  }
  if (status && proof != nullptr) {
    status = CheckProof(*proof, entry.Path("inclusionProof"));
  }
  return status;
}

Status CheckEntry(const Json& json, InclusionRule rule) {
  const auto entry =
      Fields::Open(json, "tlogEntries[]",
                   {"logIndex", "logId", "kindVersion", "integratedTime",
                    "inclusionPromise", "inclusionProof", "canonicalizedBody"});
  if (!entry) return entry.error();
  return All({Drop(entry->Count("logIndex")),
              Drop(entry->Count("integratedTime")),
              Drop(entry->Bytes("canonicalizedBody")), CheckLogId(*entry),
              CheckKind(*entry), CheckInclusion(*entry, rule)});
}

}  // namespace

Status CheckLegacyLogEntry(std::string_view json) {
  const auto parsed = Json::Parse(json, limits::kArtifactBlobBytes);
  if (!parsed) return parsed.error();
  const auto bundle =
      Fields::Open(*parsed, "", {"SignedEntryTimestamp", "Payload"});
  if (!bundle) return bundle.error();
  const auto value = bundle->Value("Payload");
  if (!value) return value.error();
  const auto payload = Fields::Open(
      **value, "Payload", {"body", "integratedTime", "logIndex", "logID"});
  if (!payload) return payload.error();
  const auto id = payload->String("logID");
  auto status =
      All({Drop(bundle->Bytes("SignedEntryTimestamp")),
           Drop(payload->Bytes("body")), Drop(payload->Count("integratedTime")),
           Drop(payload->Count("logIndex")), Drop(id)});
  if (status && !HexDecode(*id)) return payload->Bad("logID", "is no hex");
  return status;
}

Status CheckLegacyTimestamp(std::string_view json) {
  const auto parsed = Json::Parse(json, limits::kArtifactBlobBytes);
  if (!parsed) return parsed.error();
  const auto timestamp = Fields::Open(*parsed, "", {"SignedRFC3161Timestamp"});
  if (!timestamp) return timestamp.error();
  return Drop(timestamp->Bytes("SignedRFC3161Timestamp"));
}

Status CheckLogEntries(const Json* entries, InclusionRule rule) {
  if (entries == nullptr) return Ok();
  const auto* list = entries->AsArray();
  if (list == nullptr || list->size() > limits::kLogEntries) {
    return Fail(Reason::kBundleMalformed,
                "tlogEntries is no list of at most " +
                    std::to_string(limits::kLogEntries));
  }
  for (const auto& entry : *list) {
    const auto status = CheckEntry(entry, rule);
    if (!status) return status;
  }
  return Ok();
}

Status CheckTimestamps(const Json* data) {
  if (data == nullptr) return Ok();
  const auto fields =
      Fields::Open(*data, "timestampVerificationData", {"rfc3161Timestamps"});
  if (!fields) return fields.error();
  const auto list = fields->List("rfc3161Timestamps", limits::kTimestamps);
  if (!list) return list.error();
  for (const auto& json : **list) {
    const auto timestamp = Fields::Open(
        json, fields->Path("rfc3161Timestamps[]"), {"signedTimestamp"});
    if (!timestamp) return timestamp.error();
    const auto status = Drop(timestamp->Bytes("signedTimestamp"));
    if (!status) return status;
  }
  return Ok();
}

}  // namespace assay
