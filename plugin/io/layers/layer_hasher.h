// LayerHasher: says whether the layer blobs on this node are the ones a
// manifest names, by hashing each file once and remembering it by identity.
//
// Files are read on a pool of threads owned by the object, each blob at most
// once at a time however many ask. Check() answers from memory alone: a
// hashed file becomes a record, and the record counts while the file that is
// there now has the very identity that was hashed.
//
// Re-verification: a record older than `rehash_after` (up to half as long
// again, spread by digest so that a node does not re-read everything in one
// hour) still counts, and the file is hashed again in the background; one
// older than four times `rehash_after`, or from the future, does not count.
#ifndef ASSAY_IO_LAYERS_LAYER_HASHER_H_
#define ASSAY_IO_LAYERS_LAYER_HASHER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "core/verdict/layer_integrity.h"

namespace assay {

struct LayerProgress {
  Digest layer;
  std::int64_t done = 0;  // bytes
  std::int64_t size = 0;
};

struct LayerHasherOptions {
  // Where records are kept over restarts; "" keeps them in memory only. Must
  // be in a folder that only root can write.
  std::string memory_file;
  unsigned threads = 0;  // 0: one per processor
  std::chrono::hours rehash_after{7 * 24};
  std::function<Time()> now;  // the wall clock; required
  // Called from the pool's threads, one call at a time; must not call back.
  std::function<void(const LayerProgress&)> progress;
};

class LayerHasher : public LayerIntegrity {
 public:
  explicit LayerHasher(LayerHasherOptions options);
  // Stops what is being hashed and writes the memory file.
  ~LayerHasher() override;
  LayerHasher(const LayerHasher&) = delete;
  LayerHasher& operator=(const LayerHasher&) = delete;

  // As the port says; a mismatch is reported before anything else. A file
  // that keeps changing is kLayerUnreadable.
  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline) override;

  // Hashes in the background what is not yet known, after everything that a
  // Check waits for. Returns at once.
  void Warm(const ImageManifest& manifest, const std::string& blob_dir);

  // The next check of such a layer hashes it again.
  void Forget(const Digest& layer);
  void ForgetAll();

  // Writes the memory file if something changed. Called by the pool when it
  // runs dry and by the destructor. Errors: those of WriteFileAtomically.
  Status Save();

  // Why the memory file was not used (unsafe owner, corrupt), or could not be
  // written the last time; for the log and `assay doctor`.
  std::optional<Error> MemoryProblem() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_LAYER_HASHER_H_
