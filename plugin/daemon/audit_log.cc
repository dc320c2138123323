#include "daemon/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/files/files.h"

namespace assay {
namespace {

Error WriteError(const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Fail(full ? Reason::kDiskFull : Reason::kWriteFailed,
              "audit log " + path + ": " + std::strerror(code));
}

}  // namespace

Status AuditLog::Open() {
  const std::string folder = path_.substr(0, path_.rfind('/'));
  if (Status made = MakeFolders(folder, 0750); !made) return made;
  file_.reset(::open(path_.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                     0640));
  struct stat opened {};
  if (!file_.valid() || ::fstat(file_.get(), &opened) != 0) {
    return WriteError(path_, errno);
  }
  device_ = opened.st_dev;
  inode_ = opened.st_ino;
  return Ok();
}

bool AuditLog::Moved() const {
  struct stat named {};
  return ::stat(path_.c_str(), &named) != 0 || named.st_ino != inode_ ||
         named.st_dev != device_;
}

// Half a line would spoil the next one.
void AuditLog::TakeBack(ssize_t written) {
  const off_t end = ::lseek(file_.get(), 0, SEEK_CUR);
  if (end < written || ::ftruncate(file_.get(), end - written) != 0) {
    file_.reset();
  }
}

Status AuditLog::Append(const Json& record) {
  std::string line = record.Dump();
  line += '\n';
  const std::scoped_lock lock(mutex_);
  if (!file_.valid() || Moved()) {
    if (Status opened = Open(); !opened) return opened;
  }
  const ssize_t written = ::write(file_.get(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return Ok();
  const int code = written < 0 ? errno : ENOSPC;
  if (written > 0) TakeBack(written);
  return WriteError(path_, code);
}

}  // namespace assay
