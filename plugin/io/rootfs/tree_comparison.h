// Whether a folder holds exactly the files of a layer.
#ifndef ASSAY_IO_ROOTFS_TREE_COMPARISON_H_
#define ASSAY_IO_ROOTFS_TREE_COMPARISON_H_

#include <atomic>
#include <string>

#include "base/result.h"
#include "io/rootfs/layer_tree.h"

namespace assay {

// Compared are type, permissions, owner, group, size, content, target, device
// number and extended attributes of every file; not times, which nothing that
// runs depends on. The first difference in the order of paths is the error:
// kRootfsFileChanged, kRootfsFileExtra or kRootfsFileMissing, with path and
// what differs. Others: kRootfsUnreadable, also where this process cannot see
// all attributes; kRootfsPending once the flag is set.
Status CompareTree(const LayerTree& tree, const std::string& folder,
                   const std::atomic<bool>& stop);

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_TREE_COMPARISON_H_
