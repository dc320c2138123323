#include "io/files/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/bytes.h"

namespace assay {
namespace {

Error FromErrno(Reason otherwise, const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Fail(full ? Reason::kDiskFull : otherwise,
              Printable(path) + ": " + std::strerror(code));
}

Status CheckTrust(const struct stat& info, const std::string& path) {
  const bool owner = info.st_uid == 0 || info.st_uid == geteuid();
  if (owner && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return Ok();
  return Fail(Reason::kFileUnsafe, Printable(path));
}

Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FromErrno(Reason::kWriteFailed, path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Ok();
}

Status SyncFolder(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(),
                           O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) {
    return FromErrno(Reason::kWriteFailed, folder, errno);
  }
  return Ok();
}

UniqueFd Create(const std::string& path, unsigned mode) {
  return UniqueFd(::open(path.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                         mode));
}

Status WriteTemporary(const std::string& temporary, std::string_view bytes,
                      unsigned mode, Durability durability) {
  const UniqueFd fd = Create(temporary, mode);
  if (!fd.valid()) return FromErrno(Reason::kWriteFailed, temporary, errno);
  if (auto written = WriteAll(fd.get(), temporary, bytes); !written) {
    return written;
  }
  if (durability == Durability::kSynced && ::fsync(fd.get()) != 0) {
    return FromErrno(Reason::kWriteFailed, temporary, errno);
  }
  return Ok();
}

std::string TemporaryName(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return path + ".tmp." + std::to_string(::getpid()) + "." +
         std::to_string(counter.fetch_add(1));
}

}  // namespace

Result<std::string> ReadDescriptor(int fd, const std::string& path,
                                   std::size_t most) {
  std::string bytes;
  // Most files are small, and room that is not filled is cleared for nothing.
  constexpr std::size_t kLeast = 4U << 10;
  constexpr std::size_t kMost = 64U << 10;
  for (;;) {
    const std::size_t old = bytes.size();
    const std::size_t step = std::clamp(old, kLeast, kMost);
    bytes.resize(old + step);
    const ssize_t count = ::read(fd, bytes.data() + old, step);
    bytes.resize(old + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FromErrno(Reason::kFileUnreadable, path, errno);
    if (bytes.size() > most) {
      return Fail(Reason::kFileTooLarge, Printable(path) + ": over " +
                                             std::to_string(most) + " bytes");
    }
    if (count == 0) return bytes;
  }
}

Result<std::string> ReadFile(const std::string& path, std::size_t most,
                             FileTrust trust) {
  // Non-blocking, so that a pipe put in the file's place cannot stall us.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    return FromErrno(absent ? Reason::kNotFound : Reason::kFileUnreadable, path,
                     errno);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) {
    return FromErrno(Reason::kFileUnreadable, path, errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return Fail(Reason::kFileUnreadable,
                Printable(path) + ": not a regular file");
  }
  if (trust == FileTrust::kOwnerOrRoot) {
    if (auto safe = CheckTrust(info, path); !safe) return safe.error();
  }
  return ReadDescriptor(fd.get(), path, most);
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes,
                           unsigned mode, Durability durability) {
  const std::string temporary = TemporaryName(path);
  Status written = WriteTemporary(temporary, bytes, mode, durability);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = FromErrno(Reason::kWriteFailed, path, errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return durability == Durability::kSynced ? SyncFolder(path) : Ok();
}

Result<bool> WriteNewFile(const std::string& path, std::string_view bytes,
                          unsigned mode) {
  const UniqueFd fd = Create(path, mode);
  if (!fd.valid() && errno == EEXIST) return false;
  if (!fd.valid()) return FromErrno(Reason::kWriteFailed, path, errno);
  if (auto written = WriteAll(fd.get(), path, bytes); !written) {
    ::unlink(path.c_str());
    return written.error();
  }
  return true;
}

Status SyncFile(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid() || ::fsync(fd.get()) != 0) {
    return FromErrno(Reason::kWriteFailed, path, errno);
  }
  return SyncFolder(path);
}

Status MakeFolders(const std::string& path, unsigned mode) {
  // Mostly it is there, or its parent is.
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return Ok();
  for (std::size_t slash = path.find('/', 1);;
       slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) {
      return FromErrno(Reason::kWriteFailed, part, errno);
    }
    if (slash == std::string::npos) return Ok();
  }
}

Result<std::vector<std::string>> ListFolder(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()),
                                                   &::closedir);
  if (!folder) {
    return FromErrno(
        errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable, path,
        errno);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace assay
