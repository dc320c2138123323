// FileIdentity: what stays the same while a file's content does. Two equal
// identities of one inode mean that nobody wrote to it in between, as far as
// the filesystem tells: utimensat restores the modification time but not the
// change time. What it cannot see: a writer that kept a shared mapping with
// pages already dirty, and root setting the clock back to the nanosecond.
// Against these there is the slow re-verification of LayerHasher, and
// fs-verity, whose digest is part of the identity where the file has one.
#ifndef ASSAY_IO_LAYERS_FILE_IDENTITY_H_
#define ASSAY_IO_LAYERS_FILE_IDENTITY_H_

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  // since the epoch
  std::int64_t changed_ns = 0;
  std::string verity;  // "<algorithm number>:<hex>" of fs-verity, or ""

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct OpenedBlob {
  UniqueFd fd;
  FileIdentity identity;
};

// Opens a layer blob without following a symbolic link in its last component.
// Errors: kLayerMissing; kLayerUnreadable, also for what is no regular file.
Result<OpenedBlob> OpenBlob(const std::string& path);

// Waits, at most 40 ms, until a write would get another change time than this.
// The filesystem stamps changes with a clock that stands still for a tick: a
// write in the tick of the recorded change would leave no trace, so reading
// starts in a later one.
void LeaveTickOf(std::int64_t changed_ns);

// Of an open descriptor; `path` is for messages. Error: kLayerUnreadable.
Result<FileIdentity> IdentityOf(int fd, const std::string& path);

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_FILE_IDENTITY_H_
