#include "io/evidence/evidence_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kLockWait{2000};
// What an image costs in the index, beside its blobs.
constexpr std::uint64_t kRecordBytes = 1024;

Error StoreFailed(Error error) {
  if (error.reason != Reason::kDiskFull) {
    error.reason = Reason::kEvidenceStoreFailed;
  }
  return error;
}

bool IsValid(const std::string& path, const Digest& digest, std::size_t size) {
  const auto bytes = ReadFile(path, size);
  return bytes && bytes->size() == size && digest.Matches(*bytes);
}

// Newer finds of the same artifact replace older ones.
void Merge(std::vector<ArtifactRecord>& records, ArtifactRecord found) {
  std::erase_if(records, [&](const ArtifactRecord& old) {
    return old.manifest.digest == found.manifest.digest &&
           old.origin == found.origin;
  });
  records.push_back(std::move(found));
  if (records.size() > limits::kArtifactsPerImage) {
    records.erase(records.begin());
  }
}

// Of an artifact that Open() has passed.
std::string MediaTypeOf(const FoundArtifact& artifact) {
  const auto manifest = ImageManifest::Parse(artifact.manifest);
  return manifest ? manifest->media_type : std::string(kOciManifest);
}

bool IsKept(ArtifactOrigin origin) {
  return origin != ArtifactOrigin::kUnknown &&
         OriginOf(OriginName(origin)) == origin;
}

std::uint64_t BytesOf(const FoundArtifact& artifact) {
  std::uint64_t bytes = artifact.manifest.size() + kRecordBytes;
  for (const UntrustedBlob& blob : artifact.blobs) bytes += blob.bytes.size();
  return bytes;
}

}  // namespace

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
  std::size_t count = 0;
  for (const ArtifactRecord& entry : record.artifacts) {
    if (++count > limits::kArtifactsPerImage) {
      set.failures.push_back(
          Fail(Reason::kEvidenceTooMany, layout_.Target(entry.target)));
      break;
    }
    auto found = ReadArtifact(entry, budget);
    auto opened = found ? Open(*std::move(found)) : found.error();
    if (opened) {
      set.artifacts.push_back(*std::move(opened));
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

Status EvidenceStore::EnsureBlob(const Digest& digest,
                                 std::string_view bytes) const {
  const std::string path = layout_.Blob(digest);
  if (IsValid(path, digest, bytes.size())) {
    // Young again, so that the garbage collection leaves it alone until the
    // record names it.
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    return Ok();
  }
  if (auto written = WriteFileAtomically(path, bytes); !written) {
    return StoreFailed(written.error());
  }
  return Ok();
}

Status EvidenceStore::AddToRecord(
    const Digest& target,
    std::span<const FoundArtifact* const> artifacts) const {
  auto lock = FileLock::Take(layout_.WriterLock(), kLockWait);
  if (!lock) return lock.error();
  auto record = ReadRecord(target);
  if (!record) return record.error();
  for (const FoundArtifact* found : artifacts) {
    // Again under the lock: garbage collection deletes under it.
    if (auto made = EnsureBlob(found->digest, found->manifest); !made) {
      return made;
    }
    for (const UntrustedBlob& blob : found->blobs) {
      auto made = EnsureBlob(blob.descriptor.digest, blob.bytes);
      if (!made) return made;
    }
    Merge(record->artifacts,
          {target,
           found->origin,
           found->where,
           found->fetched_at,
           {MediaTypeOf(*found),
            found->digest,
            static_cast<std::int64_t>(found->manifest.size()),
            "",
            {},
            std::nullopt}});
  }
  auto written = WriteFileAtomically(layout_.Target(target),
                                     WriteTargetRecord(record->artifacts));
  if (!written) return StoreFailed(written.error());
  return MarkIndexStale();
}

Status EvidenceStore::Put(const Digest& target,
                          std::span<const FoundArtifact> artifacts) {
  Status outcome = Ok();
  std::vector<const FoundArtifact*> good;
  std::uint64_t bytes = 0;
  for (const FoundArtifact& found : artifacts) {
    auto opened = found.target == target && IsKept(found.origin)
                      ? Open(found)
                      : Fail(Reason::kEvidenceTampered, "not of this image");
    if (!opened) {
      outcome = opened.error();
      continue;
    }
    bytes += BytesOf(found);
    good.push_back(&found);
  }
  if (good.empty()) return outcome;
  if (auto made = layout_.Make(); !made) return made;
  if (auto reserved = Reserve(target, bytes); !reserved) return reserved;
  for (const FoundArtifact* found : good) {
    if (auto made = EnsureBlob(found->digest, found->manifest); !made) {
      return made;
    }
    for (const UntrustedBlob& blob : found->blobs) {
      auto made = EnsureBlob(blob.descriptor.digest, blob.bytes);
      if (!made) return made;
    }
  }
  if (auto added = AddToRecord(target, good); !added) return added;
  return outcome;
}

}  // namespace assay
