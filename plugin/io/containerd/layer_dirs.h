// The folders that a container's read-only layers were unpacked to.
#ifndef ASSAY_IO_CONTAINERD_LAYER_DIRS_H_
#define ASSAY_IO_CONTAINERD_LAYER_DIRS_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "io/containerd/records.h"

namespace assay {

// From the mounts of the container's snapshot, base first. Of an id-mapped
// overlay they are the folders that its mapped copies are made from. Errors:
// kRootfsUnsupported for snapshotters whose layers are no folders of their own.
Result<std::vector<std::string>> LayerDirs(
    const std::string& snapshotter, const std::vector<SnapshotMount>& mounts);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_LAYER_DIRS_H_
