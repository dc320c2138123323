#include "io/containerd/rootfs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/unique_fd.h"
#include "io/containerd/mount_table.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr const char* kRootfs = "rootfs";

Error Mismatch(std::string detail) {
  return Fail(Reason::kSubjectMountMismatch, std::move(detail));
}

// As the shim sees the path: its mount namespace holds the rootfs.
std::string ShimPath(const ContainerClaim& claim, std::string_view rest) {
  std::string path;
  if (claim.shim_pid > 0) {
    path = "/proc/" + std::to_string(claim.shim_pid) + "/root";
  }
  return path.append(claim.bundle).append("/").append(rest);
}

// Opened from the shim's descriptor of the bundle, so that no path that could
// be exchanged is walked and the topmost mount is what we get.
Result<UniqueFd> OpenRootfs(const ContainerClaim& claim) {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd bundle;
  int folder = claim.bundle_fd;
  if (folder < 0) {
    bundle.reset(
        ::open(ShimPath(claim, "").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    folder = bundle.get();
  }
  UniqueFd rootfs(folder < 0 ? -1 : ::openat(folder, kRootfs, kFlags));
  if (!rootfs.valid()) {
    return Mismatch("the bundle has no rootfs: " +
                    std::string(std::strerror(errno)));
  }
  struct statx inside {};
  struct statx outside {};
  constexpr unsigned kMask = STATX_MNT_ID;
  if (::statx(rootfs.get(), "", AT_EMPTY_PATH, kMask, &inside) != 0 ||
      ::statx(folder, "", AT_EMPTY_PATH, kMask, &outside) != 0 ||
      (inside.stx_mask & outside.stx_mask & kMask) == 0) {
    return Mismatch("the kernel does not tell mount ids");
  }
  if (inside.stx_mnt_id == outside.stx_mnt_id) {
    return Mismatch("nothing is mounted at the bundle's rootfs");
  }
  return rootfs;
}

Result<MountEntry> LiveMount(const ContainerClaim& claim, int rootfs) {
  struct statx info {};
  if (::statx(rootfs, "", AT_EMPTY_PATH, STATX_MNT_ID, &info) != 0) {
    return Mismatch("the rootfs cannot be examined");
  }
  const std::string who =
      claim.shim_pid > 0 ? std::to_string(claim.shim_pid) : "self";
  auto table =
      ReadFile("/proc/" + who + "/mountinfo", limits::kMountTableBytes);
  if (!table) return Mismatch("no mount table: " + table.error().detail);
  return FindMount(*table, info.stx_mnt_id);
}

// A bind mount shows the very folder it was made from.
Status CompareBind(int rootfs, const SnapshotMount& wanted) {
  struct stat live {};
  struct stat source {};
  if (::fstat(rootfs, &live) != 0 ||
      ::stat(wanted.source.c_str(), &source) != 0) {
    return Mismatch("the snapshot's folder " + Printable(wanted.source) +
                    " cannot be examined");
  }
  if (live.st_dev != source.st_dev || live.st_ino != source.st_ino) {
    return Mismatch("mounted is another folder than " +
                    Printable(wanted.source));
  }
  return Ok();
}

// A file system on a block device (devmapper) is recognised by the device;
// btrfs and zfs, which have anonymous devices, by source and subvolume.
Status CompareFileSystem(int rootfs, const MountEntry& live,
                         const SnapshotMount& wanted) {
  if (live.type != wanted.type) {
    return Mismatch("mounted is " + Printable(live.type) +
                    ", the snapshot is " + Printable(wanted.type));
  }
  if (wanted.type == "zfs" && live.source == wanted.source) return Ok();
  if (wanted.type == "btrfs" && live.source == wanted.source) {
    for (const std::string& option : wanted.options) {
      if (!option.starts_with("subvolid=")) continue;
      const auto id = live.options.find("subvolid");
      if (id != live.options.end() && "subvolid=" + id->second == option) {
        return Ok();
      }
    }
  }
  struct stat folder {};
  struct stat device {};
  if (live.root == "/" && ::fstat(rootfs, &folder) == 0 &&
      ::stat(wanted.source.c_str(), &device) == 0 && S_ISBLK(device.st_mode) &&
      device.st_rdev == folder.st_dev) {
    return Ok();
  }
  return Mismatch("mounted is " + Printable(live.source) +
                  ", the snapshot is on " + Printable(wanted.source));
}

}  // namespace

Result<ProcessSpec> ReadBundleConfig(const ContainerClaim& claim) {
  // Through /proc the file is opened afresh: the offset of a descriptor that
  // came from another process is shared with it.
  const std::string path =
      claim.config_fd >= 0 ? "/proc/self/fd/" + std::to_string(claim.config_fd)
                           : ShimPath(claim, "config.json");
  auto bytes = ReadFile(path, limits::kBundleConfigBytes);
  if (!bytes) return bytes.error();
  return ProcessSpec::Parse(*bytes);
}

Status CheckRootPath(const ContainerClaim& claim, const ProcessSpec& process) {
  if (process.root_path != kRootfs &&
      process.root_path != claim.bundle + "/" + kRootfs) {
    return Mismatch("root.path is " + Printable(process.root_path) +
                    ", not the bundle's rootfs");
  }
  if (process.root_covered) {
    return Mismatch("a mount of the container covers its root file system");
  }
  return Ok();
}

Status CheckRootfs(const ContainerClaim& claim,
                   const std::vector<SnapshotMount>& wanted, bool judged) {
  auto rootfs = OpenRootfs(claim);
  if (!rootfs) return rootfs.error();
  auto live = LiveMount(claim, rootfs->get());
  if (!live) return live.error();
  if (wanted.size() == 1 && wanted[0].type == "overlay") {
    return CompareOverlay(*live, wanted[0]);
  }
  if (wanted.size() == 1 && wanted[0].type == "bind") {
    return CompareBind(rootfs->get(), wanted[0]);
  }
  if (!judged) return Ok();
  if (wanted.size() != 1) {
    return Mismatch("the snapshot has " + std::to_string(wanted.size()) +
                    " mounts");
  }
  return CompareFileSystem(rootfs->get(), *live, wanted[0]);
}

}  // namespace assay
