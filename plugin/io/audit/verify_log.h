// Verifies an audit log that lies on disk, against its head and its key.
#ifndef ASSAY_IO_AUDIT_VERIFY_LOG_H_
#define ASSAY_IO_AUDIT_VERIFY_LOG_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "io/audit/audit_files.h"
#include "io/audit/chain_walk.h"

namespace assay {

struct AuditVerification {
  // Oldest first; empty for the log itself, which alone has a head.
  std::vector<std::string> files;
  std::string key;  // a public key's file; "" for the log's own
  std::vector<std::string> checkpoints;  // files with a signed note each
};

struct AuditVerdict {
  ChainReport report;
  // Why the end, or the signatures, could not be judged; "" where they were.
  std::string no_head;
  std::string no_key;
};

// Writers wait only while the files are opened. Errors: kNotFound where there
// is no log; those of files, keys and checkpoints.
Result<AuditVerdict> VerifyAuditLog(const AuditFiles& files,
                                    const AuditVerification& what);

// A signed note over the last line, to be kept elsewhere. Takes the key, hence
// root. Errors: kNotFound where there is no log; those of files and keys.
Result<std::string> ExportCheckpoint(const AuditFiles& files);

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_VERIFY_LOG_H_
