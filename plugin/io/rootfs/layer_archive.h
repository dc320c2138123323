// Reads a layer's blob into the tree that its unpacking makes.
#ifndef ASSAY_IO_ROOTFS_LAYER_ARCHIVE_H_
#define ASSAY_IO_ROOTFS_LAYER_ARCHIVE_H_

#include <atomic>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "core/subject/subject.h"
#include "io/rootfs/layer_tree.h"

namespace assay {

// Streams the blob, whose uncompressed bytes must have the digest `diff_id`:
// it is what the configuration says the layer unpacks to. Errors:
// kRootfsLayerMismatch; kRootfsUnsupported for an archive that no runtime would
// have unpacked or that is larger than the limits; kLayerMissing,
// kLayerUnreadable; kRootfsPending once the flag is set; those of the tree's
// Inherit.
Result<LayerTree> ReadLayer(const std::string& blob, const Digest& diff_id,
                            LayerTree tree, const std::atomic<bool>& stop);

// Puts the layer's archive together again, which must have the digest that the
// configuration names. It proves the bytes of the files that the layer has, not
// that the folder has no others. Errors: kRootfsFileChanged, kRootfsFileMissing
// and kRootfsLayerMismatch; kRootfsUnsupported and kRootfsUnreadable;
// kLayerMissing and kLayerUnreadable for the tar-split file; kRootfsPending
// once the flag is set.
Status CheckSplitLayer(const SplitLayer& layer, const std::atomic<bool>& stop);

// What folders that paths only imply inherit from `lower`, the layers below,
// topmost first: the owner, mode and attributes that the folder has there.
// Errors: kRootfsUnreadable.
LayerTree::Inherit InheritFrom(const std::vector<std::string>& lower);

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_LAYER_ARCHIVE_H_
