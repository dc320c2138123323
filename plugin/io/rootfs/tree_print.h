// TreePrint: a fingerprint of a folder and all below it by what stat(2) tells,
// so that an unchanged layer costs a walk and no reading. Equal prints mean
// that nobody wrote to any of the files in between, with the limits that
// FileIdentity has (io/layers/file_identity.h).
#ifndef ASSAY_IO_ROOTFS_TREE_PRINT_H_
#define ASSAY_IO_ROOTFS_TREE_PRINT_H_

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct TreePrint {
  // Over path, inode, type, permissions, owner, size and times of every file.
  Digest digest;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;         // of the folder itself
  std::int64_t modified_ns = 0;    // likewise
  std::int64_t newest_change = 0;  // ns, of all
  std::size_t files = 0;

  friend bool operator==(const TreePrint&, const TreePrint&) = default;
};

// Errors: kRootfsUnreadable, also for more than limits::kLayerEntries files or
// limits::kLayerDepth folders in folders.
Result<TreePrint> PrintTree(const std::string& folder);

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_TREE_PRINT_H_
