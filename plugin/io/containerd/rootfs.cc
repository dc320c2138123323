#include "io/containerd/rootfs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/unique_fd.h"
#include "io/containerd/mount_table.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr const char* kRootfs = "rootfs";

Error Differs(std::string detail) {
  return Fail(Reason::kSubjectMountMismatch, std::move(detail));
}

UniqueFd OpenFolder(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// Opened from the shim's descriptor of the bundle, so that no path that could
// be exchanged is walked and the topmost mount is what we get.
Result<UniqueFd> OpenRootfs(const ContainerClaim& claim) {
  UniqueFd bundle;
  int folder = claim.bundle_fd;
  if (folder < 0) {
    bundle = OpenFolder(ShimPath(claim, claim.bundle));
    folder = bundle.get();
  }
  return OpenMounted(folder, kRootfs);
}

// A bind mount shows the very folder it was made from.
Status CompareBind(int rootfs, const SnapshotMount& wanted) {
  struct stat live {};
  struct stat source {};
  if (::fstat(rootfs, &live) != 0 ||
      ::stat(wanted.source.c_str(), &source) != 0) {
    return Differs("the snapshot's folder " + Printable(wanted.source) +
                   " cannot be examined");
  }
  if (live.st_dev != source.st_dev || live.st_ino != source.st_ino) {
    return Differs("mounted is another folder than " +
                   Printable(wanted.source));
  }
  return Ok();
}

// A file system on a block device (devmapper) is recognised by the device;
// btrfs and zfs, which have anonymous devices, by source and subvolume.
Status CompareFileSystem(int rootfs, const MountEntry& live,
                         const SnapshotMount& wanted) {
  if (live.type != wanted.type) {
    return Differs("mounted is " + Printable(live.type) + ", the snapshot is " +
                   Printable(wanted.type));
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
  return Differs("mounted is " + Printable(live.source) +
                 ", the snapshot is on " + Printable(wanted.source));
}

Status CompareMounted(const ContainerClaim& claim, int mounted,
                      const std::vector<SnapshotMount>& wanted, bool judged) {
  auto live = LiveMount(claim, mounted);
  if (!live) return live.error();
  if (wanted.size() == 1 && wanted[0].type == "overlay") {
    return CompareOverlay(*live, wanted[0]);
  }
  if (wanted.size() == 1 && wanted[0].type == "bind") {
    return CompareBind(mounted, wanted[0]);
  }
  if (!judged) return Ok();
  if (wanted.size() != 1) {
    return Differs("the snapshot has " + std::to_string(wanted.size()) +
                   " mounts");
  }
  return CompareFileSystem(mounted, *live, wanted[0]);
}

}  // namespace

std::string ShimPath(const ContainerClaim& claim, std::string_view path) {
  std::string seen;
  if (claim.shim_pid > 0) {
    seen = "/proc/" + std::to_string(claim.shim_pid) + "/root";
  }
  return seen.append(path);
}

Result<UniqueFd> OpenMounted(int folder, const std::string& name) {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd mounted(folder < 0 ? -1 : ::openat(folder, name.c_str(), kFlags));
  if (!mounted.valid()) {
    return Differs("there is no folder " + Printable(name) + ": " +
                   std::string(std::strerror(errno)));
  }
  struct statx inside {};
  struct statx outside {};
  constexpr unsigned kMask = STATX_MNT_ID;
  if (::statx(mounted.get(), "", AT_EMPTY_PATH, kMask, &inside) != 0 ||
      ::statx(folder, "", AT_EMPTY_PATH, kMask, &outside) != 0 ||
      (inside.stx_mask & outside.stx_mask & kMask) == 0) {
    return Differs("the kernel does not tell mount ids");
  }
  if (inside.stx_mnt_id == outside.stx_mnt_id) {
    return Differs("nothing is mounted at " + Printable(name));
  }
  return mounted;
}

Result<MountEntry> LiveMount(const ContainerClaim& claim, int mounted) {
  struct statx info {};
  if (::statx(mounted, "", AT_EMPTY_PATH, STATX_MNT_ID, &info) != 0) {
    return Differs("what is mounted cannot be examined");
  }
  const std::string who =
      claim.shim_pid > 0 ? std::to_string(claim.shim_pid) : "self";
  auto table =
      ReadFile("/proc/" + who + "/mountinfo", limits::kMountTableBytes);
  if (!table) return Differs("no mount table: " + table.error().detail);
  return FindMount(*table, info.stx_mnt_id);
}

Result<ProcessSpec> ReadBundleConfig(const ContainerClaim& claim) {
  // Through /proc the file is opened afresh: the offset of a descriptor that
  // came from another process is shared with it.
  const std::string path =
      claim.config_fd >= 0 ? "/proc/self/fd/" + std::to_string(claim.config_fd)
                           : ShimPath(claim, claim.bundle + "/config.json");
  auto bytes = ReadFile(path, limits::kBundleConfigBytes);
  if (!bytes) return bytes.error();
  return ProcessSpec::Parse(*bytes);
}

Status CheckRootPath(const ContainerClaim& claim, const ProcessSpec& process) {
  if (process.root_path != kRootfs &&
      process.root_path != claim.bundle + "/" + kRootfs) {
    return Differs("root.path is " + Printable(process.root_path) +
                   ", not the bundle's rootfs");
  }
  return CheckNotCovered(process);
}

Status CheckNotCovered(const ProcessSpec& process) {
  if (!process.root_covered) return Ok();
  return Differs("a mount of the container covers its root file system");
}

Status CheckRootfs(const ContainerClaim& claim,
                   const std::vector<SnapshotMount>& wanted, bool judged) {
  auto rootfs = OpenRootfs(claim);
  if (!rootfs) return rootfs.error();
  return CompareMounted(claim, rootfs->get(), wanted, judged);
}

Status CheckVolume(const ContainerClaim& claim, const std::string& folder,
                   const std::vector<SnapshotMount>& wanted, bool judged) {
  const std::filesystem::path path(folder);
  const UniqueFd parent =
      OpenFolder(ShimPath(claim, path.parent_path().string()));
  auto volume = OpenMounted(parent.get(), path.filename().string());
  if (!volume) return volume.error();
  return CompareMounted(claim, volume->get(), wanted, judged);
}

}  // namespace assay
