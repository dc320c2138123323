// The part of tar (POSIX ustar, pax paths) that an OCI archive needs. Reading
// is by name into memory; nothing is ever unpacked to a name of the archive's.
#ifndef ASSAY_IO_EVIDENCE_TAR_H_
#define ASSAY_IO_EVIDENCE_TAR_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

class TarReader {
 public:
  // Reads all headers. Errors: kArchiveUnsafe for a name that is absolute or
  // leads upward, a link, a device, or an entry larger than `most_entry`;
  // kArchiveMalformed for what is no tar, truncated, has a name twice, more
  // than a million entries or bytes after its end; those of opening a file.
  static Result<TarReader> Open(const std::string& path,
                                std::uint64_t most_entry);

  // Errors: kNotFound; kFileTooLarge when larger than `most`; kFileUnreadable.
  Result<std::string> Read(const std::string& name, std::size_t most) const;

  // Where a file's bytes lie; `fd` is the archive's, borrowed.
  struct Place {
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  // Errors: kNotFound.
  Result<Place> Find(const std::string& name) const;
  // The names of the files right in a folder, without it, sorted.
  std::vector<std::string> NamesIn(const std::string& folder) const;

 private:
  struct Entry {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  friend class TarScan;

  UniqueFd fd_;
  std::string path_;
  std::map<std::string, Entry> entries_;  // regular files
};

// Writes regular files one after the other, the same bytes for the same
// content: times, owners and groups are zero.
class TarWriter {
 public:
  // Makes a new file; an existing one is an error (kWriteFailed).
  static Result<TarWriter> Make(const std::string& path);

  Status Add(std::string_view name, std::string_view bytes);
  // The end of the archive, synced. Errors: kDiskFull, kWriteFailed.
  Status Finish();

 private:
  Status Write(std::string_view bytes);
  Status AddHeader(std::string_view name, char type, std::uint64_t size);
  Status AddBody(std::string_view bytes);

  UniqueFd fd_;
  std::string path_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_TAR_H_
