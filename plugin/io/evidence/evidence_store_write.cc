// What puts artifacts into the store.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "io/evidence/evidence_store.h"

namespace assay {
namespace {

// What an image costs in the index, beside its blobs.
constexpr std::uint64_t kRecordBytes = 1024;
constexpr unsigned kFileMode = 0644;

bool IsValid(const std::string& path, const Digest& digest, std::size_t size) {
  const auto bytes = ReadFile(path, size);
  return bytes && bytes->size() == size && digest.Matches(*bytes);
}

// Newer finds of the same artifact replace older ones. Whether the oldest of
// the same origin had to go: what one place is flooded with must not crowd out
// what another has.
bool Merge(std::vector<ArtifactRecord>& records, ArtifactRecord found) {
  std::erase_if(records, [&](const ArtifactRecord& old) {
    return old.manifest.digest == found.manifest.digest &&
           old.origin == found.origin;
  });
  const auto is_same = [origin = found.origin](const ArtifactRecord& record) {
    return record.origin == origin;
  };
  records.push_back(std::move(found));
  const auto many = std::count_if(records.begin(), records.end(), is_same);
  if (static_cast<std::size_t>(many) <= limits::kArtifactsPerImage) {
    return false;
  }
  records.erase(std::find_if(records.begin(), records.end(), is_same));
  return true;
}

bool IsKept(ArtifactOrigin origin) {
  return origin != ArtifactOrigin::kUnknown &&
         OriginOf(OriginName(origin)) == origin;
}

std::uint64_t BytesOf(const OpenedArtifact& artifact) {
  std::uint64_t bytes = artifact.manifest.size() + kRecordBytes;
  for (const UntrustedBlob& blob : artifact.content.blobs) {
    bytes += blob.bytes.size();
  }
  return bytes;
}

ArtifactRecord RecordOf(const OpenedArtifact& artifact) {
  return {artifact.content.target,
          artifact.content.origin,
          artifact.content.where,
          artifact.fetched_at,
          {artifact.content.manifest->media_type,
           artifact.digest,
           static_cast<std::int64_t>(artifact.manifest.size()),
           "",
           {},
           std::nullopt}};
}

}  // namespace

// A blob's name says what must be in it and every reader looks, so one that
// need not be durable takes its name before it is whole.
Status EvidenceStore::EnsureBlob(const Digest& digest, std::string_view bytes,
                                 Durability durability) const {
  const std::string path = layout_.Blob(digest);
  if (durability == Durability::kReplaceable) {
    auto made = WriteNewFile(path, bytes, kFileMode);
    if (!made) return StoreFailed(made.error());
    if (*made) return Ok();
  }
  Status done = Ok();
  if (IsValid(path, digest, bytes.size())) {
    // Young again, so that the garbage collection leaves it alone until the
    // record names it.
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    if (durability == Durability::kSynced) done = SyncFile(path);
  } else {
    done = WriteFileAtomically(path, bytes, kFileMode, durability);
  }
  return done ? Ok() : Status(StoreFailed(done.error()));
}

Status EvidenceStore::EnsureBlobs(const OpenedArtifact& artifact,
                                  Durability durability) const {
  auto made = EnsureBlob(artifact.digest, artifact.manifest, durability);
  if (!made) return made;
  for (const UntrustedBlob& blob : artifact.content.blobs) {
    made = EnsureBlob(blob.descriptor.digest, blob.bytes, durability);
    if (!made) return made;
  }
  return Ok();
}

// Under the lock, after EnsureBlobs without it: only the garbage collection,
// which deletes under it, may have come between.
Status EvidenceStore::RestoreBlobs(const OpenedArtifact& artifact,
                                   Durability durability) const {
  const auto there = [&](const Digest& digest) {
    return ::access(layout_.Blob(digest).c_str(), F_OK) == 0;
  };
  const auto& blobs = artifact.content.blobs;
  const bool all =
      there(artifact.digest) &&
      std::all_of(blobs.begin(), blobs.end(), [&](const UntrustedBlob& blob) {
        return there(blob.descriptor.digest);
      });
  return all ? Ok() : EnsureBlobs(artifact, durability);
}

Result<TargetRecord> EvidenceStore::AddToRecord(
    const Digest& target, std::span<const OpenedArtifact> artifacts,
    Durability durability) const {
  auto lock = FileLock::Take(layout_.WriterLock(), kLockWait);
  if (!lock) return lock.error();
  auto record = ReadRecord(target);
  if (!record) return record.error();
  const bool synced = durability == Durability::kSynced;
  // A record that is replaced may name what no registry can give again.
  if (!record->artifacts.empty()) durability = Durability::kSynced;
  bool dropped = false;
  for (const OpenedArtifact& artifact : artifacts) {
    auto there = synced ? RestoreBlobs(artifact, durability)
                        : EnsureBlobs(artifact, Durability::kReplaceable);
    if (!there) return there.error();
    dropped = Merge(record->artifacts, RecordOf(artifact)) || dropped;
  }
  auto written = WriteFileAtomically(layout_.Target(target),
                                     WriteTargetRecord(record->artifacts),
                                     kFileMode, durability);
  if (!written) return StoreFailed(written.error());
  auto marked = MarkIndexStale();
  if (!marked) return marked.error();
  record->dropped.clear();
  if (dropped) {
    record->dropped.push_back(
        Fail(Reason::kEvidenceTooMany, "the oldest were dropped"));
  }
  return record;
}

Status EvidenceStore::MakeLayout() {
  if (made_ && ::access(layout_.Marker().c_str(), F_OK) == 0) return Ok();
  Status made = layout_.Make();
  if (made) made_ = true;
  return made;
}

Result<TargetRecord> EvidenceStore::Write(
    const Digest& target, std::span<const OpenedArtifact> artifacts,
    Durability durability) {
  auto made = MakeLayout();
  if (!made) return made.error();
  std::uint64_t bytes = 0;
  for (const OpenedArtifact& artifact : artifacts) bytes += BytesOf(artifact);
  auto reserved = Reserve(target, bytes);
  if (!reserved) return reserved.error();
  // What takes long comes before the lock.
  if (durability == Durability::kSynced) {
    for (const OpenedArtifact& artifact : artifacts) {
      auto ensured = EnsureBlobs(artifact, durability);
      if (!ensured) return ensured.error();
    }
  }
  return AddToRecord(target, artifacts, durability);
}

Result<TargetRecord> EvidenceStore::Add(
    const Digest& target, std::span<const OpenedArtifact> artifacts,
    Durability durability) {
  auto written = Write(target, artifacts, durability);
  // Perhaps a folder has gone: the next write looks.
  if (!written) made_ = false;
  return written;
}

Status EvidenceStore::Put(const Digest& target,
                          std::span<const FoundArtifact> artifacts) {
  Status outcome = Ok();
  std::vector<OpenedArtifact> good;
  for (const FoundArtifact& found : artifacts) {
    auto opened = found.target == target && IsKept(found.origin)
                      ? Open(found)
                      : Fail(Reason::kEvidenceTampered, "not of this image");
    if (opened) {
      good.push_back(*std::move(opened));
    } else {
      outcome = opened.error();
    }
  }
  if (good.empty()) return outcome;
  auto added = Add(target, good, Durability::kSynced);
  return added ? outcome : Status(added.error());
}

Status EvidenceStore::Keep(const Digest& target,
                           std::vector<OpenedArtifact> artifacts,
                           Durability durability, EvidenceSet& set) {
  auto record = Add(target, artifacts, durability);
  EvidenceSet others;
  if (record) {
    std::move(record->dropped.begin(), record->dropped.end(),
              std::back_inserter(set.failures));
    record->dropped.clear();
    std::erase_if(record->artifacts, [&](const ArtifactRecord& entry) {
      return std::any_of(artifacts.begin(), artifacts.end(),
                         [&](const OpenedArtifact& given) {
                           return given.digest == entry.manifest.digest &&
                                  given.content.origin == entry.origin;
                         });
    });
    others = ReadOnce(*record);
  }
  // Garbage may have been collected meanwhile; Read() knows.
  if (!record || !others.failures.empty()) others = Read(target);
  std::move(others.artifacts.begin(), others.artifacts.end(),
            std::back_inserter(set.artifacts));
  std::move(others.failures.begin(), others.failures.end(),
            std::back_inserter(set.failures));
  for (OpenedArtifact& artifact : artifacts) {
    set.artifacts.push_back(std::move(artifact.content));
  }
  return record ? Ok() : Status(record.error());
}

}  // namespace assay
