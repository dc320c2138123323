// From where a writer goes on: what the file holds against what the head says.
// Whatever does not agree is said in the next line, and nothing is lost.
#ifndef ASSAY_IO_AUDIT_WRITER_START_H_
#define ASSAY_IO_AUDIT_WRITER_START_H_

#include <cstdint>
#include <optional>

#include "base/json.h"
#include "base/result.h"
#include "io/audit/audit_files.h"
#include "io/audit/head.h"

namespace assay {

// Of the file that is written, as stat(2) tells them.
struct AuditFileFacts {
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

struct WriterStart {
  AuditHead head;
  Json::Object note;      // for the next line, empty where all agrees
  bool ends_line = true;  // whether the file does
};

// With the head's lock held. `kept` is what the head file holds, `fd` the log.
WriterStart StartFrom(const AuditFiles& files,
                      const std::optional<AuditHead>& kept, int fd,
                      const AuditFileFacts& facts);

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_WRITER_START_H_
