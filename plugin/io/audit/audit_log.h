// AuditLog: one line of JSON per decision, appended to a file; each line is
// chained to the one before (chain.h), and every now and then one carries a
// signed checkpoint. Thread-safe, and any number of processes may write.
#ifndef ASSAY_IO_AUDIT_AUDIT_LOG_H_
#define ASSAY_IO_AUDIT_AUDIT_LOG_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "core/trust/signing_key.h"
#include "io/audit/audit_files.h"
#include "io/audit/head.h"
#include "io/audit/writer_start.h"

namespace assay {

// Who hears what the log itself has to tell, in sentences. Called with its lock
// held.
struct AuditListener {
  std::function<void(const std::string&)> inform;  // checkpoints
  std::function<void(const std::string&)> warn;    // what should not be
};

class AuditLog {
 public:
  explicit AuditLog(AuditFiles files, AuditLimits limits = {},
                    AuditListener listener = {})
      : files_(std::move(files)),
        limits_(limits),
        listener_(std::move(listener)),
        head_file_(files_.Head()) {}

  // Appends the line of an object in a single write. A file that was moved
  // away is noticed at once and begun anew; one that is full makes room for a
  // new one. Errors: kDiskFull, kWriteFailed; then no part of it is there.
  Status Append(const Json& object);

 private:
  Result<WriterStart> Prepare();
  Result<AuditFileFacts> Open();
  bool IsFull(const WriterStart& start, std::size_t more) const;
  Status Rotate(WriterStart& start);
  void DropOldest(std::uint64_t kept_from) const;
  std::string CheckpointWhereDue(AuditHead& head);
  Status Write(WriterStart start, const std::string& checkpoint,
               const std::string& object);
  void TakeBack(std::uint64_t size);

  const AuditFiles files_;
  const AuditLimits limits_;
  const AuditListener listener_;
  std::mutex mutex_;
  AuditHeadFile head_file_;
  std::optional<AuditHead> kept_;  // what head_file_ holds
  UniqueFd file_;
  AuditFileFacts facts_;  // of file_, as it was before this line
  const std::string boot_ = BootId();
  bool sign_first_ = limits_.sign_first;
  std::optional<SigningKey> key_;  // once it was needed
  std::chrono::steady_clock::time_point sign_from_{};
};

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_AUDIT_LOG_H_
