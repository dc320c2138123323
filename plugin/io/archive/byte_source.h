// ByteSource: bytes that come one after the other. One thread; the bytes are
// not believed.
#ifndef ASSAY_IO_ARCHIVE_BYTE_SOURCE_H_
#define ASSAY_IO_ARCHIVE_BYTE_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/result.h"

namespace assay {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // At least one byte and at most `most`, which is not zero; 0 at the end.
  virtual Result<std::size_t> Read(char* to, std::size_t most) = 0;
};

// A file from its beginning. Borrows the descriptor, and the flag, which is
// looked at before each read and ends it with kDeadline. Errors:
// kFileUnreadable.
std::unique_ptr<ByteSource> FileSource(int fd,
                                       const std::atomic<bool>* stop = nullptr);

// What `packed` holds, by its first bytes: gzip (RFC 1952, all members), zstd
// (RFC 8878, all frames) or just itself. At most 128 MiB of memory, which zstd
// may ask for. Errors: kArchiveMalformed, also for bytes after the end of the
// compression, and those of `packed`.
std::unique_ptr<ByteSource> UnpackedSource(std::unique_ptr<ByteSource> packed);

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_BYTE_SOURCE_H_
