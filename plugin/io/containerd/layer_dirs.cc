#include "io/containerd/layer_dirs.h"

#include <algorithm>

#include "base/bytes.h"
#include "io/containerd/mount_table.h"

namespace assay {
namespace {

constexpr std::string_view kOverlay = "overlayfs";

Error Unsupported(std::string detail) {
  return Fail(Reason::kRootfsUnsupported, std::move(detail));
}

}  // namespace

Result<std::vector<std::string>> LayerDirs(
    const std::string& snapshotter, const std::vector<SnapshotMount>& mounts) {
  if (snapshotter != kOverlay) {
    return Unsupported("the files of the snapshotter " +
                       Printable(snapshotter) + " cannot be compared");
  }
  if (mounts.size() != 1) return Unsupported("more than one mount");
  const SnapshotMount& mount = mounts[0];
  const auto has = [&](std::string_view option) {
    return std::find(mount.options.begin(), mount.options.end(), option) !=
           mount.options.end();
  };
  if (has("userxattr")) return Unsupported("an overlay of an ordinary user");
  std::vector<std::string> folders;
  if (mount.type == "overlay") {
    folders = LowerFolders(mount);
    std::reverse(folders.begin(), folders.end());
  } else if (mount.type == "bind" && has("ro")) {
    folders.push_back(mount.source);  // a view of a single layer
  }
  const bool absolute = std::all_of(
      folders.begin(), folders.end(),
      [](const std::string& folder) { return folder.starts_with('/'); });
  if (folders.empty() || !absolute) {
    return Unsupported("the snapshot has no layers of its own");
  }
  return folders;
}

}  // namespace assay
