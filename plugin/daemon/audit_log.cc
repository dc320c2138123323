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
  return file_.valid() ? Ok() : WriteError(path_, errno);
}

bool AuditLog::Moved() const {
  struct stat ours {};
  struct stat named {};
  return ::fstat(file_.get(), &ours) != 0 ||
         ::stat(path_.c_str(), &named) != 0 || ours.st_ino != named.st_ino ||
         ours.st_dev != named.st_dev;
}

Status AuditLog::Append(const Json& record) {
  const std::string line = record.Dump() + "\n";
  const std::scoped_lock lock(mutex_);
  if (!file_.valid() || Moved()) {
    if (Status opened = Open(); !opened) return opened;
  }
  const off_t end = ::lseek(file_.get(), 0, SEEK_END);
  const ssize_t written = ::write(file_.get(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return Ok();
  const int code = written < 0 ? errno : ENOSPC;
  // Half a line would spoil the next one.
  if (written > 0 && end >= 0 && ::ftruncate(file_.get(), end) != 0) {
    file_.reset();
  }
  return WriteError(path_, code);
}

}  // namespace assay
