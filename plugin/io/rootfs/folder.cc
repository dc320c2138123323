#include "io/rootfs/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr unsigned kWanted = STATX_BASIC_STATS | STATX_MNT_ID;

Error Unreadable(std::string_view name, std::string_view why) {
  return Fail(Reason::kRootfsUnreadable,
              Printable(name) + ": " + std::string(why));
}

Error Failed(std::string_view name) {
  return Unreadable(name, std::strerror(errno));
}

std::int64_t Nanoseconds(const struct statx_timestamp& stamp) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(stamp.tv_sec) *
                                       1'000'000'000U +
                                   stamp.tv_nsec);
}

Result<struct statx> StatAt(int folder, const std::string& name) {
  struct statx info {};
  if (::statx(folder, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
              kWanted, &info) != 0) {
    return Failed(name);
  }
  if ((info.stx_mask & kWanted) != kWanted) {
    return Unreadable(name, "the filesystem does not tell enough");
  }
  return info;
}

}  // namespace

Result<Folder> Folder::Open(const std::string& path) {
  UniqueFd fd(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return Failed(path);
  const auto info = StatAt(fd.get(), "");
  if (!info) return WithContext(info.error(), Printable(path));
  if ((info->stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
    return Unreadable(path, "something is mounted over it");
  }
  Folder folder(std::move(fd), info->stx_mnt_id);
  folder.device_ = ::makedev(info->stx_dev_major, info->stx_dev_minor);
  return folder;
}

Result<FolderFile> Folder::Stat(const std::string& name) const {
  const auto info = StatAt(fd_.get(), name);
  if (!info) return info.error();
  if (info->stx_mnt_id != mount_) {
    return Unreadable(name, "something is mounted over it");
  }
  FolderFile file;
  file.name = name;
  file.mode = info->stx_mode;
  file.owner = info->stx_uid;
  file.group = info->stx_gid;
  file.number = ::makedev(info->stx_rdev_major, info->stx_rdev_minor);
  file.inode = info->stx_ino;
  file.size = info->stx_size;
  file.modified_ns = Nanoseconds(info->stx_mtime);
  file.changed_ns = Nanoseconds(info->stx_ctime);
  return file;
}

Result<FolderFile> Folder::Self() const { return Stat(""); }

Result<std::vector<FolderFile>> Folder::List() const {
  // A descriptor of its own: reading moves an offset.
  const int fd = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(
      fd < 0 ? nullptr : ::fdopendir(fd), close);
  if (stream == nullptr) {
    const UniqueFd closed(fd);
    return Failed(".");
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() >= limits::kLayerEntries) {
      return Unreadable(".", "too many files");
    }
    names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return Failed(".");
  std::sort(names.begin(), names.end());
  std::vector<FolderFile> files;
  files.reserve(names.size());
  for (const std::string& name : names) {
    auto file = Stat(name);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

Result<Folder> Folder::Sub(const std::string& name) const {
  UniqueFd fd(::openat(fd_.get(), name.c_str(),
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return Failed(name);
  Folder folder(std::move(fd), mount_);
  folder.device_ = device_;
  // That it is on this mount is found out as its files are looked at; an empty
  // one shows nothing.
  const auto self = folder.Self();
  if (!self) return WithContext(self.error(), Printable(name));
  return folder;
}

Result<UniqueFd> Folder::OpenFile(const std::string& name) const {
  // Non-blocking, so that a pipe put in its place cannot stall us.
  UniqueFd fd(::openat(fd_.get(), name.c_str(),
                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return Failed(name);
  return fd;
}

Result<std::string> Folder::ReadLink(const std::string& name) const {
  std::string target(PATH_MAX, '\0');
  const ssize_t size =
      ::readlinkat(fd_.get(), name.c_str(), target.data(), target.size());
  if (size < 0) return Failed(name);
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Result<Attributes> Folder::AttributesOf(const std::string& name) const {
  return ReadAttributes("/proc/self/fd/" + std::to_string(fd_.get()) + "/" +
                        name);
}

bool IsHostAttribute(std::string_view name) {
  constexpr std::array<std::string_view, 4> kHost{
      "security.selinux", "security.ima", "security.evm", "security.apparmor"};
  return std::find(kHost.begin(), kHost.end(), name) != kHost.end() ||
         name.starts_with("security.SMACK64");
}

Result<Attributes> ReadAttributes(const std::string& path) {
  // The kernel's own limits for a list and for a value.
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
  if (length < 0 && errno == ENOTSUP) return Attributes();
  if (length < 0) return Failed(path);
  names.resize(static_cast<std::size_t>(length));
  Attributes attributes;
  std::string value;
  for (std::size_t at = 0; at < names.size();) {
    const std::string name(names.c_str() + at);
    at += name.size() + 1;
    if (IsHostAttribute(name)) continue;
    value.resize(XATTR_SIZE_MAX);
    const ssize_t size =
        ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (size < 0) return Failed(path + " " + name);
    value.resize(static_cast<std::size_t>(size));
    attributes.emplace(name, value);
  }
  return attributes;
}

bool SeesTrustedAttributes() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  return ::syscall(SYS_capget, &header, sets.data()) == 0 &&
         (sets[0].effective & (1U << CAP_SYS_ADMIN)) != 0;
}

}  // namespace assay
