#include "core/schemes/sigstore/log_entry.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"

namespace assay {
namespace {

constexpr std::size_t kProofHashes = 64;  // a tree of 2^64 leaves

// Stores a read member, or keeps the first error.
class Reader {
 public:
  template <typename T>
  Reader& Into(T& place, Result<T> value) {
    if (value) {
      place = *std::move(value);
    } else if (status_) {
      status_ = std::move(value).error();
    }
    return *this;
  }
  const Status& status() const { return status_; }

 private:
  Status status_ = Ok();
};

Result<std::vector<std::string>> ReadHashes(const Fields& proof) {
  const auto list = proof.List("hashes", kProofHashes);
  if (!list) return list.error();
  std::vector<std::string> hashes;
  for (const auto& hash : **list) {
    const auto* text = hash.AsString();
    auto bytes = text == nullptr ? std::nullopt : Base64Decode(*text);
    if (!bytes || bytes->size() != kMerkleHashBytes) {
      return proof.Bad("hashes", "holds no hash");
    }
    hashes.push_back(*std::move(bytes));
  }
  return hashes;
}

Result<LoggedInclusion> ReadInclusion(const Fields& entry) {
  const auto proof = entry.Message(
      "inclusionProof",
      {"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"});
  if (!proof) return proof.error();
  const auto checkpoint = proof->Message("checkpoint", {"envelope"});
  if (!checkpoint) return checkpoint.error();
  LoggedInclusion inclusion;
  Reader reader;
  reader.Into(inclusion.path.index, proof->Count("logIndex"))
      .Into(inclusion.path.tree_size, proof->Count("treeSize"))
      .Into(inclusion.root, proof->Bytes("rootHash"))
      .Into(inclusion.checkpoint, checkpoint->String("envelope"))
      .Into(inclusion.path.hashes, ReadHashes(*proof));
  if (!reader.status()) return reader.status().error();
  if (inclusion.root.size() != kMerkleHashBytes) {
    return proof->Bad("rootHash", "is no hash");
  }
  if (inclusion.path.index >= inclusion.path.tree_size) {
    return proof->Bad("logIndex", "is beyond the tree");
  }
  return inclusion;
}

Status ReadProofs(const Fields& fields, InclusionRule rule, LogEntry& entry) {
  Reader reader;
  if (fields.Find("inclusionPromise") != nullptr) {
    const auto promise =
        fields.Message("inclusionPromise", {"signedEntryTimestamp"});
    if (!promise) return promise.error();
    reader.Into(entry.promise, promise->Bytes("signedEntryTimestamp"));
  } else if (rule == InclusionRule::kPromise) {
    return fields.Bad("inclusionPromise", "is absent");
  }
  if (fields.Find("inclusionProof") != nullptr) {
    auto inclusion = ReadInclusion(fields);
    if (!inclusion) return inclusion.error();
    entry.inclusion = *std::move(inclusion);
  } else if (rule == InclusionRule::kProof) {
    return fields.Bad("inclusionProof", "is absent");
  }
  return reader.status();
}

Result<LogEntry> ReadEntry(const Json& json, InclusionRule rule) {
  const auto fields =
      Fields::Open(json, "tlogEntries[]",
                   {"logIndex", "logId", "kindVersion", "integratedTime",
                    "inclusionPromise", "inclusionProof", "canonicalizedBody"});
  if (!fields) return fields.error();
  const auto id = fields->Message("logId", {"keyId"});
  if (!id) return id.error();
  const auto kind = fields->Message("kindVersion", {"kind", "version"});
  if (!kind) return kind.error();
  LogEntry entry;
  Reader reader;
  reader.Into(entry.index, fields->Count("logIndex"))
      .Into(entry.integrated_time, fields->Count("integratedTime"))
      .Into(entry.body, fields->Bytes("canonicalizedBody"))
      .Into(entry.log_id, id->Bytes("keyId"))
      .Into(entry.kind, kind->String("kind"))
      .Into(entry.version, kind->String("version"));
  if (!reader.status()) return reader.status().error();
  const auto proofs = ReadProofs(*fields, rule, entry);
  if (!proofs) return proofs.error();
  return entry;
}

}  // namespace

// The annotation does not name the entry's kind: the body does, and one that
// does not is of no kind that verifies.
Result<LogEntry> ReadLegacyLogEntry(std::string_view json) {
  const auto parsed = Json::Parse(json, limits::kArtifactBlobBytes);
  if (!parsed) return parsed.error();
  const auto bundle =
      Fields::Open(*parsed, "", {"SignedEntryTimestamp", "Payload"});
  if (!bundle) return bundle.error();
  const auto payload = bundle->Message(
      "Payload", {"body", "integratedTime", "logIndex", "logID"});
  if (!payload) return payload.error();
  LogEntry entry;
  std::string id;
  Reader reader;
  reader.Into(entry.promise, bundle->Bytes("SignedEntryTimestamp"))
      .Into(entry.body, payload->Bytes("body"))
      .Into(entry.integrated_time, payload->Count("integratedTime"))
      .Into(entry.index, payload->Count("logIndex"))
      .Into(id, payload->String("logID"));
  if (!reader.status()) return reader.status().error();
  auto raw = HexDecode(id);
  if (!raw) return payload->Bad("logID", "is no hex");
  entry.log_id = *std::move(raw);
  if (const auto body = Json::Parse(entry.body, limits::kArtifactBlobBytes)) {
    const auto* kind = body->FindString("kind");
    const auto* version = body->FindString("apiVersion");
    if (kind != nullptr) entry.kind = *kind;
    if (version != nullptr) entry.version = *version;
  }
  return entry;
}

Result<std::vector<LogEntry>> ReadLogEntries(const Json* entries,
                                             InclusionRule rule) {
  std::vector<LogEntry> read;
  if (entries == nullptr) return read;
  const auto* list = entries->AsArray();
  if (list == nullptr || list->size() > limits::kLogEntries) {
    return Fail(Reason::kBundleMalformed,
                "tlogEntries is no list of at most " +
                    std::to_string(limits::kLogEntries));
  }
  for (const auto& json : *list) {
    auto entry = ReadEntry(json, rule);
    if (!entry) return entry.error();
    read.push_back(*std::move(entry));
  }
  return read;
}

}  // namespace assay
