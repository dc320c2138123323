// The kernel's table of mounts (proc(5), /proc/<pid>/mountinfo) and whether an
// entry is the mount that a snapshotter describes.
#ifndef ASSAY_IO_CONTAINERD_MOUNT_TABLE_H_
#define ASSAY_IO_CONTAINERD_MOUNT_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/containerd/records.h"

namespace assay {

struct MountEntry {
  std::string root;  // the folder of the file system that is mounted
  std::string type;
  std::string source;
  // Options of the file system ("lowerdir" and so on), escapes undone. One
  // that is given several times ("lowerdir+") keeps its values joined by ':'.
  std::map<std::string, std::string> options;
};

// The entry with this mount id. Errors: kSubjectMountMismatch.
Result<MountEntry> FindMount(std::string_view table, std::uint64_t mount_id);

// Compares an overlay mount: the same upper and work folder, and the same
// lower folders in the same order. Where containerd had to shorten an overlong
// list it mounts with paths relative to their common folder; where the mount
// is id-mapped the lower folders are temporary ones, so that only the upper
// and work folder, which belong to this container alone, are compared.
// Errors: kSubjectMountMismatch.
Status CompareOverlay(const MountEntry& live, const SnapshotMount& wanted);

// The lower folders that an overlay's options name, topmost first.
std::vector<std::string> LowerFolders(const SnapshotMount& overlay);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_MOUNT_TABLE_H_
