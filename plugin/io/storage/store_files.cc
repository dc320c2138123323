#include "io/storage/store_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "io/files/files.h"

namespace assay {
namespace {

Error Unreadable(const std::string& path, int code) {
  const bool absent = code == ENOENT || code == ENOTDIR;
  return Fail(absent ? Reason::kNotFound : Reason::kFileUnreadable,
              Printable(path) + ": " + std::strerror(code));
}

UniqueFd OpenBelow(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(
      ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how))));
}

}  // namespace

Result<StoreFile> StoreFiles::Open(const std::string& path) const {
  const UniqueFd root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return Unreadable(root_, errno);
  UniqueFd fd = OpenBelow(root.get(), path);
  const std::string whole = root_ + "/" + path;
  if (!fd.valid()) return Unreadable(whole, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Unreadable(whole, errno);
  if (!S_ISREG(info.st_mode)) {
    return Fail(Reason::kFileUnreadable,
                Printable(whole) + ": not a regular file");
  }
  const bool owner = info.st_uid == 0 || info.st_uid == ::geteuid();
  if (!owner || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Fail(Reason::kFileUnsafe, Printable(whole));
  }
  auto identity = IdentityOf(fd.get(), whole);
  if (!identity) return identity.error();
  return StoreFile{std::move(fd), *std::move(identity)};
}

Result<std::string> StoreFiles::Read(const std::string& path,
                                     std::size_t most) const {
  auto file = Open(path);
  if (!file) return file.error();
  return ReadDescriptor(file->fd.get(), root_ + "/" + path, most);
}

}  // namespace assay
