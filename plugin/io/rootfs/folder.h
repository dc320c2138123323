// Folder: a folder below a root that is read without leaving it: every step is
// one name from an open descriptor, no link is followed, and what is mounted
// over a file is an error and not its content.
#ifndef ASSAY_IO_ROOTFS_FOLDER_H_
#define ASSAY_IO_ROOTFS_FOLDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

struct FolderFile {
  std::string name;        // one component
  std::uint32_t mode = 0;  // type and permissions, as stat(2) has them
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint64_t number = 0;  // of a device, as makedev(3) makes it
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
};

// Extended attributes by full name.
using Attributes = std::map<std::string, std::string, std::less<>>;

// Errors of every call: kRootfsUnreadable.
class Folder {
 public:
  // `path` may be reached through links, but is no link and no mount itself.
  static Result<Folder> Open(const std::string& path);

  // Sorted by name; not the folder itself. At most limits::kLayerEntries.
  Result<std::vector<FolderFile>> List() const;
  Result<FolderFile> Self() const;
  Result<Folder> Sub(const std::string& name) const;
  // A regular file, for reading.
  Result<UniqueFd> OpenFile(const std::string& name) const;
  // Where a symbolic link leads.
  Result<std::string> ReadLink(const std::string& name) const;
  // Of any file, "." for the folder, without those that the security modules
  // of the host put on every file.
  Result<Attributes> AttributesOf(const std::string& name) const;

  std::uint64_t device() const { return device_; }

 private:
  Folder(UniqueFd fd, std::uint64_t mount)
      : fd_(std::move(fd)), mount_(mount) {}
  Result<FolderFile> Stat(const std::string& name) const;

  UniqueFd fd_;
  std::uint64_t mount_;
  std::uint64_t device_ = 0;
};

// Whether the host's own security modules put it there.
bool IsHostAttribute(std::string_view name);

// Attributes of what is at `path`, which is not followed. `path` must lead
// through /proc/self/fd, so that nobody can exchange what it means.
Result<Attributes> ReadAttributes(const std::string& path);

// Whether this process sees attributes named "trusted.", with which an overlay
// marks folders: CAP_SYS_ADMIN.
bool SeesTrustedAttributes();

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_FOLDER_H_
