// Where the audit log and what belongs to it lie, and how much of it.
#ifndef ASSAY_IO_AUDIT_AUDIT_FILES_H_
#define ASSAY_IO_AUDIT_AUDIT_FILES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/paths.h"

namespace assay {

// A checkpoint covers the lines before it; at most so many are without one.
inline constexpr std::uint64_t kLinesPerCheckpoint = 256;

struct AuditLimits {
  std::uint64_t file_bytes = 64U << 20;
  std::uint64_t full_files = 7;  // kept beside the one that is written
  // A process that writes many lines begins with a checkpoint.
  bool sign_first = true;
};

struct AuditFiles {
  AuditFiles(std::string log_path, std::string state_folder)
      : log(std::move(log_path)), state(std::move(state_folder)) {}
  explicit AuditFiles(const Paths& paths)
      : AuditFiles(paths.AuditLog(), paths.AuditState()) {}

  std::string log;    // the file that is written
  std::string state;  // the folder of the head and the key

  std::string Head() const { return state + "/head"; }
  std::string PublicKeyFile() const { return state + "/key.pub"; }
  // A log that was full, named by the sequence number of its first line:
  // "audit-000000000001.jsonl" beside "audit.jsonl".
  std::string Full(std::uint64_t first) const;
  // Those that are there, oldest first.
  std::vector<std::string> FullOnes() const;
  // Of such a name; nullopt for every other.
  std::optional<std::uint64_t> FirstOf(const std::string& path) const;

 private:
  std::string Stem() const;  // "/var/log/assay/audit-"
};

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_AUDIT_FILES_H_
