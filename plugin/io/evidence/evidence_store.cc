#include "io/evidence/evidence_store.h"

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {

EvidenceStore::EvidenceStore(EvidenceStoreOptions options)
    : options_(std::move(options)), layout_(options_.folder) {}

Result<TargetRecord> EvidenceStore::ReadRecord(const Digest& target) const {
  auto text = ReadFile(layout_.Target(target), limits::kIndexBytes);
  if (text) return ReadTargetRecord(*text, target);
  if (text.error().reason == Reason::kNotFound) return TargetRecord{};
  if (text.error().reason == Reason::kFileTooLarge) {
    return TargetRecord{{},
                        {Fail(Reason::kEvidenceTampered, text.error().detail)}};
  }
  return StoreFailed(text.error());
}

Result<std::string> EvidenceStore::ReadBlob(const Descriptor& blob,
                                            std::size_t most,
                                            std::size_t& budget) const {
  const auto size = static_cast<std::uint64_t>(blob.size);
  if (size > most || size > budget) {
    return Fail(Reason::kEvidenceTooLarge, blob.digest.str());
  }
  budget -= size;
  auto bytes = ReadFile(layout_.Blob(blob.digest), size);
  if (bytes && bytes->size() == size) return bytes;
  const Reason reason = bytes ? Reason::kFileTooLarge : bytes.error().reason;
  if (reason == Reason::kNotFound) {
    return Fail(Reason::kEvidenceTampered, blob.digest.str() + " is missing");
  }
  if (reason == Reason::kFileTooLarge) {
    return Fail(Reason::kEvidenceTampered,
                blob.digest.str() + " has another size");
  }
  return StoreFailed(bytes.error());
}

Result<FoundArtifact> EvidenceStore::ReadArtifact(const ArtifactRecord& record,
                                                  std::size_t& budget) const {
  auto manifest = ReadBlob(record.manifest, limits::kManifestBytes, budget);
  if (!manifest) return manifest.error();
  FoundArtifact found{record.origin,
                      record.target,
                      record.where,
                      record.fetched_at,
                      record.manifest.digest,
                      *std::move(manifest),
                      {}};
  if (!found.digest.Matches(found.manifest)) {
    return Fail(Reason::kEvidenceTampered, found.digest.str());
  }
  const auto parsed = ImageManifest::Parse(found.manifest);
  if (!parsed) return WithContext(parsed.error(), found.digest.str());
  std::set<Digest> seen;
  for (const Descriptor& layer : parsed->layers) {
    if (seen.size() > limits::kSignatureLayers) break;  // Open() says so
    if (!seen.insert(layer.digest).second) continue;
    auto bytes = ReadBlob(layer, limits::kArtifactBlobBytes, budget);
    if (!bytes) return bytes.error();
    found.blobs.push_back({layer, *std::move(bytes)});
  }
  return found;
}

EvidenceSet EvidenceStore::ReadOnce(const TargetRecord& record) const {
  EvidenceSet set;
  set.failures = record.dropped;
  std::size_t budget = limits::kArtifactBytesPerImage;
  std::map<ArtifactOrigin, std::size_t> counts;
  for (const ArtifactRecord& entry : record.artifacts) {
    const std::size_t count = ++counts[entry.origin];
    if (count > limits::kArtifactsPerImage + 1) continue;
    if (count > limits::kArtifactsPerImage) {
      set.failures.push_back(
          Fail(Reason::kEvidenceTooMany, layout_.Target(entry.target)));
      continue;
    }
    auto found = ReadArtifact(entry, budget);
    auto opened = found ? Open(*std::move(found)) : found.error();
    if (opened) {
      set.artifacts.push_back(std::move(opened->content));
    } else {
      set.failures.push_back(
          WithContext(opened.error(), "stored " + Printable(entry.where)));
    }
  }
  return set;
}

EvidenceSet EvidenceStore::Read(const Digest& target) const {
  EvidenceSet set;
  // Twice, because garbage may have been collected between record and blobs;
  // the second record no longer names what is gone.
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto record = ReadRecord(target);
    if (!record) return {{}, {record.error()}};
    set = ReadOnce(*record);
    if (set.failures.empty()) break;
  }
  return set;
}

Result<std::vector<FoundArtifact>> EvidenceStore::ReadRaw(
    const Digest& target) const {
  auto record = ReadRecord(target);
  if (!record) return record.error();
  std::vector<FoundArtifact> artifacts;
  std::size_t budget = limits::kArtifactBytesPerImage;
  for (const ArtifactRecord& entry : record->artifacts) {
    auto found = ReadArtifact(entry, budget);
    if (!found) return found.error();
    artifacts.push_back(*std::move(found));
  }
  return artifacts;
}

}  // namespace assay
