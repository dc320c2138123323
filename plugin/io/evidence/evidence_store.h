// EvidenceStore: signature artifacts on disk, by the digest of the image they
// were found for. An OCI image layout that any OCI tool can read; nothing in it
// is trusted: every byte is hashed again whenever it is read, and what does not
// fit is dropped and reported, without harm to the rest.
//
// Threads and processes: readers take no lock; writers (daemon, CLI, one-shot
// decider) take turns by a file lock. Records, and blobs that replace others,
// are written to a temporary file and renamed, so that a reader sees the old or
// the new; a new blob that is not whole yet is named by no record. What was
// imported is synced first; what a registry has as well is not.
//
// Looking up an image reads one small record (.assay/targets/...), however many
// images there are. index.json, which only other tools read, is made from the
// records by RefreshIndex(): docs/decisions/ tells why.
#ifndef ASSAY_IO_EVIDENCE_EVIDENCE_STORE_H_
#define ASSAY_IO_EVIDENCE_EVIDENCE_STORE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/evidence/evidence_source.h"
#include "io/evidence/found_artifact.h"
#include "io/evidence/store_layout.h"
#include "io/evidence/target_record.h"
#include "io/files/files.h"

namespace assay {

struct EvidenceStoreOptions {
  std::string folder;
  std::uint64_t most_bytes = 2ULL << 30;
  std::size_t most_images = 65'536;
  // Evidence of images that are not on the node is kept so long.
  std::chrono::hours keep_for{30 * 24};
};

struct StoredImage {
  Digest target;
  std::vector<ArtifactRecord> artifacts;
  std::vector<Error> dropped;
};

struct GarbageRequest {
  std::set<Digest> on_node;  // manifests and indexes; their evidence stays
  Time now{};
  bool dry_run = false;
};

struct GarbageReport {
  std::vector<Digest> images;  // whose evidence was dropped
  std::size_t blobs = 0;
  std::uint64_t bytes = 0;
  std::vector<Error> problems;
};

class EvidenceStore {
 public:
  // Touches nothing yet.
  explicit EvidenceStore(EvidenceStoreOptions options);

  // Everything stored for the image. An absent store holds nothing.
  // Failures: kEvidenceTampered, kEvidenceTooLarge, kEvidenceStoreFailed.
  EvidenceSet Read(const Digest& target) const;

  // Adds artifacts of one image after checking them as Open() does, for good:
  // they survive a power failure. What does not pass is not written and is the
  // error, the rest is written. Errors: those of Open(), kDiskFull,
  // kEvidenceStoreFailed (also at the store's bounds). What was stored before
  // is untouched by a failure.
  Status Put(const Digest& target, std::span<const FoundArtifact> artifacts);

  // Adds artifacts of one image, and puts into `set` what Read() would find
  // then, without reading them back: also where they could not be stored. Where
  // older ones had to go, kEvidenceTooMany is among its failures.
  // Errors: as Put.
  Status Keep(const Digest& target, std::vector<OpenedArtifact> artifacts,
              Durability durability, EvidenceSet& set);

  // The artifacts of an image with the manifest's bytes, for export.
  Result<std::vector<FoundArtifact>> ReadRaw(const Digest& target) const;

  // All images, sorted by digest. Errors: kEvidenceStoreFailed.
  Result<std::vector<StoredImage>> List() const;

  // Makes index.json current; nothing to do when it is. The daemon calls it
  // from its timer, commands at their end. Errors: as Put.
  Status RefreshIndex();

  // Drops evidence of images that are neither on the node nor the base of one
  // that stays nor younger than keep_for; near a bound the age no longer
  // protects. Then removes what no record names. Refuses with kClockImplausible
  // while the clock is.
  Result<GarbageReport> CollectGarbage(const GarbageRequest& request);

  const EvidenceStoreOptions& options() const { return options_; }

  struct Usage {
    std::uint64_t bytes = 0;
    std::size_t images = 0;
  };
  // As measured once and counted along since; what other processes add or drop
  // is seen at the next collection or bound.
  Usage Used();

 private:
  Result<TargetRecord> ReadRecord(const Digest& target) const;
  Result<FoundArtifact> ReadArtifact(const ArtifactRecord& record,
                                     std::size_t& budget) const;
  Result<std::string> ReadBlob(const Descriptor& blob, std::size_t most,
                               std::size_t& budget) const;
  EvidenceSet ReadOnce(const TargetRecord& record) const;

  Status MakeLayout();
  Status Reserve(const Digest& target, std::uint64_t bytes);
  Usage Measure() const;
  Status EnsureBlob(const Digest& digest, std::string_view bytes,
                    Durability durability) const;
  Status EnsureBlobs(const OpenedArtifact& artifact,
                     Durability durability) const;
  Status RestoreBlobs(const OpenedArtifact& artifact,
                      Durability durability) const;
  // The record as it is on disk then; `dropped` tells of what had to go
  // (kEvidenceTooMany).
  Result<TargetRecord> Add(const Digest& target,
                           std::span<const OpenedArtifact> artifacts,
                           Durability durability);
  Result<TargetRecord> Write(const Digest& target,
                             std::span<const OpenedArtifact> artifacts,
                             Durability durability);
  Result<TargetRecord> AddToRecord(const Digest& target,
                                   std::span<const OpenedArtifact> artifacts,
                                   Durability durability) const;
  Status MarkIndexStale() const;
  Status RebuildIndex() const;

  Result<std::vector<Digest>> Targets() const;
  std::set<Digest> BasesOf(const StoredImage& image) const;
  std::vector<Digest> Unneeded(const std::vector<StoredImage>& images,
                               const GarbageRequest& request) const;
  std::vector<Digest> Expired(const std::vector<StoredImage>& images,
                              const GarbageRequest& request) const;
  Status DropTarget(const Digest& target) const;
  std::set<std::string> NamedBlobs(const std::vector<StoredImage>& kept) const;
  void Sweep(const std::set<std::string>& named, const GarbageRequest& request,
             GarbageReport& report) const;

  EvidenceStoreOptions options_;
  StoreLayout layout_;
  std::atomic<bool> made_{false};  // the folders, when last looked for
  std::mutex usage_mutex_;
  std::optional<Usage> usage_;  // measured once, then counted along
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_EVIDENCE_STORE_H_
