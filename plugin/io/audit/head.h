// The head of the audit log: how far it goes, kept beside it in Assay's own
// folder, so that a log that was cut or replaced is found out. Every writer
// holds its lock while it writes a line. No thread-safety of its own.
#ifndef ASSAY_IO_AUDIT_HEAD_H_
#define ASSAY_IO_AUDIT_HEAD_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "io/audit/chain.h"

namespace assay {

struct AuditHead {
  std::string log;  // the log's random id, 16 bytes
  std::uint64_t sequence = 0;
  std::string chain = StartOfChain();
  std::uint64_t size = 0;  // of the file, up to and with that line
  // The line being written; of size 0 for none. Whoever finds one knows that
  // its writer did not come to the end.
  std::string next_chain = StartOfChain();
  std::uint64_t next_size = 0;
  std::uint64_t device = 0;  // which file
  std::uint64_t inode = 0;
  std::uint64_t first = 1;            // sequence number of its first line
  std::uint64_t kept_from = 1;        // of the first line that is still kept
  std::uint64_t signed_sequence = 0;  // of the last checkpoint
  std::uint64_t signed_at = 0;        // seconds since 1970
  std::string boot = std::string(16, '\0');  // under which it was written

  bool writing() const { return next_size != 0; }

  std::string Encode() const;
  // nullopt for what is not exactly what Encode() makes.
  static std::optional<AuditHead> Decode(std::string_view bytes);

  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

// Held until it is destroyed.
class AuditHeadLock {
 public:
  explicit AuditHeadLock(int fd) : fd_(fd) {}
  ~AuditHeadLock();
  AuditHeadLock(AuditHeadLock&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  AuditHeadLock& operator=(AuditHeadLock&&) = delete;

 private:
  int fd_;
};

class AuditHeadFile {
 public:
  explicit AuditHeadFile(std::string path) : path_(std::move(path)) {}

  // Waits for other processes at most that long. Without a right to write the
  // file is opened for reading. Errors: kNotFound, kFileUnreadable,
  // kDiskFull, kWriteFailed.
  enum class Use { kRead, kWrite };
  Result<AuditHeadLock> Lock(Use use, std::chrono::milliseconds patience);
  // nullopt where nothing that can be read is kept. With the lock alone.
  std::optional<AuditHead> Read();
  // Written in one go, and not synced: what a power failure makes of it is
  // found out by what the log holds. Errors: kDiskFull, kWriteFailed.
  Status Write(const AuditHead& head);
  Status Forget();

 private:
  Status Open(Use use);

  const std::string path_;
  UniqueFd file_;
  std::string last_bytes_;         // read or written
  std::optional<AuditHead> last_;  // what they say
};

// Of the kernel that runs, 16 bytes; zeros where it does not say.
std::string BootId();

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_HEAD_H_
