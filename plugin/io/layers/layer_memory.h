// LayerMemory: which file hashed to which digest, by identity, so that an
// unchanged layer costs a stat at the next create. It decides about trust: its
// file is accepted only from root or our own user.
//
// The file is text, so that `cat` shows it:
//   assay-layers 1
//   <digest> <device> <inode> <size> <mtime ns> <ctime ns> <hashed at> <verity>
//   end <number of entries>
// where verity is "-" without fs-verity. Anything else than exactly that is
// refused as a whole: losing it costs hashing again and nothing more.
#ifndef ASSAY_IO_LAYERS_LAYER_MEMORY_H_
#define ASSAY_IO_LAYERS_LAYER_MEMORY_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "io/layers/file_identity.h"

namespace assay {

struct LayerRecord {
  Digest digest;  // what the file's bytes hash to
  FileIdentity identity;
  Time hashed_at{};

  friend bool operator==(const LayerRecord&, const LayerRecord&) = default;
};

inline constexpr std::size_t kLayerRecords = 65'536;

// Error: kFileUnreadable, with the line. Strict: WriteLayerRecords of the
// outcome yields `text` again.
Result<std::vector<LayerRecord>> ReadLayerRecords(std::string_view text);
std::string WriteLayerRecords(const std::vector<LayerRecord>& records);

// Thread-safe.
class LayerMemory {
 public:
  // The record of this file with this identity, whatever its digest.
  std::optional<LayerRecord> Find(const FileIdentity& identity) const;
  // Replaces what is known of the inode. Over kLayerRecords the oldest go.
  void Remember(const LayerRecord& record);
  void Forget(const Digest& digest);
  void Clear();

  std::vector<LayerRecord> Records() const;

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // device, inode

  void DropOldest();

  mutable std::mutex mutex_;
  std::map<Key, LayerRecord> records_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_LAYER_MEMORY_H_
