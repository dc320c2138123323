// LayerTree: what a folder must hold after a container runtime unpacked a layer
// into it, made entry by entry from the layer's archive. It repeats what
// containerd's archive package does (1.6 to 2.1; plugin/docs/decisions has the
// rules), in memory: no name of the archive ever touches a disk.
#ifndef ASSAY_IO_ROOTFS_LAYER_TREE_H_
#define ASSAY_IO_ROOTFS_LAYER_TREE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/archive/tar_stream.h"
#include "io/rootfs/folder.h"

namespace assay {

// What a file must be; hard links to one file share it.
struct FileFacts {
  std::uint32_t type = 0;         // S_IFREG and so on
  std::uint32_t permissions = 0;  // the twelve bits; not of a symbolic link
  // What a hard link's entry may have made of them instead: before 2.0
  // containerd changes the owner, which takes the set-id bits away, and then
  // often not the mode.
  std::optional<std::uint32_t> or_permissions;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint64_t size = 0;    // of a regular file
  std::string content;       // likewise: the bytes' SHA-256, raw
  std::string target;        // of a symbolic link
  std::uint64_t number = 0;  // of a device
  Attributes attributes;
};

struct TreeNode {
  std::shared_ptr<FileFacts> facts;
  std::map<std::string, std::unique_ptr<TreeNode>, std::less<>> children;
  bool implied = false;  // a folder that no entry names
};

class LayerTree {
 public:
  // What layers below say of a folder that only paths below it imply; nullopt
  // where none has it.
  using Inherit =
      std::function<Result<std::optional<FileFacts>>(const std::string& path)>;

  // The lowest layer is unpacked into a plain folder, where a whiteout removes
  // what is there; every other one into an overlay's, where it leaves a mark.
  enum class Place : std::uint8_t { kLowest, kAbove };

  LayerTree(Place place, Inherit inherit);

  // Null where the entry makes no file. Errors: kRootfsUnsupported for what no
  // runtime could have unpacked, and for more than the limits; those of
  // `inherit`.
  Result<std::shared_ptr<FileFacts>> Apply(const TarEntry& entry);

  const TreeNode& root() const { return root_; }

 private:
  // Where a path leads: each component and its node, null where there is none.
  struct Trace {
    std::vector<std::string> names;
    std::vector<TreeNode*> nodes;
  };

  Result<Trace> Resolve(std::string_view path);
  Result<TreeNode*> MakeFolder(const Trace& trace);
  Result<bool> TakeWhiteout(const TarEntry& entry, TreeNode& folder,
                            std::string_view name);
  Result<TreeNode*> Make(const TarEntry& entry, TreeNode& folder,
                         std::string_view name);
  Result<std::shared_ptr<FileFacts>> LinkTarget(const TarEntry& entry);
  Status Count(std::size_t text);

  Place place_;
  Inherit inherit_;
  TreeNode root_;
  std::size_t entries_ = 0;
  std::size_t text_ = 0;
};

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_LAYER_TREE_H_
