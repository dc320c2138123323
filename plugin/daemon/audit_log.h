// AuditLog: one line of JSON per decision, appended to a file. Thread-safe.
#ifndef ASSAY_DAEMON_AUDIT_LOG_H_
#define ASSAY_DAEMON_AUDIT_LOG_H_

#include <mutex>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

class AuditLog {
 public:
  explicit AuditLog(std::string path) : path_(std::move(path)) {}

  // Appends one line in a single write. Reopens the file when it was moved
  // away. Errors: kDiskFull, kWriteFailed.
  Status Append(const Json& record);

 private:
  Status Open();
  bool Moved() const;

  const std::string path_;
  std::mutex mutex_;
  UniqueFd file_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_AUDIT_LOG_H_
