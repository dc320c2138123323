// MemoryFile: a LayerMemory that outlives the process, and how long what it
// holds counts.
#ifndef ASSAY_IO_LAYERS_MEMORY_FILE_H_
#define ASSAY_IO_LAYERS_MEMORY_FILE_H_

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "io/layers/layer_memory.h"

namespace assay {

enum class Freshness : std::uint8_t {
  kExpired = 0,  // does not count
  kStale,        // counts; look again when there is time
  kFresh
};

// Stale after `term`, up to half as long again, spread by digest so that a node
// does not read everything again in one hour; expired after four times `term`,
// or when it is from the future.
Freshness FreshnessOf(const LayerRecord& record, Time now,
                      std::chrono::hours term);

// Thread-safe.
class MemoryFile {
 public:
  // Reads the file; "" keeps everything in memory only. It must be in a folder
  // that only root can write.
  explicit MemoryFile(std::string path);

  LayerMemory& memory() { return memory_; }
  const LayerMemory& memory() const { return memory_; }

  // The memory has something that the file has not.
  void Changed() { changed_ = true; }
  // Writes the file if something changed. Errors: those of WriteFileAtomically.
  Status Save();
  // The same, unless writing would take a good part of all time; a failure
  // stays in Problem().
  void SaveSometimes();

  // Why the file was not used (unsafe owner, corrupt), or could not be written
  // the last time.
  std::optional<Error> Problem() const;

 private:
  void Load();

  const std::string path_;
  LayerMemory memory_;
  std::atomic<bool> changed_{false};
  mutable std::mutex mutex_;  // guards the two below and the file
  std::optional<Error> problem_;
  std::chrono::steady_clock::time_point next_save_{};
};

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_MEMORY_FILE_H_
