// AuditLog: one line of JSON per decision, appended to a file. Thread-safe.
#ifndef ASSAY_DAEMON_AUDIT_LOG_H_
#define ASSAY_DAEMON_AUDIT_LOG_H_

#include <sys/types.h>

#include <mutex>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

class AuditLog {
 public:
  explicit AuditLog(std::string path) : path_(std::move(path)) {}

  // Appends one line in a single write. A file that was moved away is
  // noticed at once and begun anew. Errors: kDiskFull, kWriteFailed.
  Status Append(const Json& record);

 private:
  Status Open();
  bool Moved() const;
  void TakeBack(ssize_t written);

  const std::string path_;
  std::mutex mutex_;
  UniqueFd file_;
  dev_t device_ = 0;  // of file_
  ino_t inode_ = 0;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_AUDIT_LOG_H_
