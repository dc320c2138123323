#include "io/layers/blob_hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/bytes.h"
#include "io/layers/mapped_window.h"
#include "io/layers/page_residency.h"

namespace assay {
namespace {

// Fastest measured: larger buffers leave the second-level cache.
constexpr std::size_t kBufferBytes = 128U << 10;
constexpr std::int64_t kWindowBytes = 8LL << 20;
constexpr int kAttempts = 3;

// How many bytes were added to `hasher`: 0 at the end of the file, less than 0
// when it cannot be read.
ssize_t HashRead(int fd, std::int64_t begin, char* buffer, Hasher& hasher) {
  ssize_t count = 0;
  do {
    count = ::pread(fd, buffer, kBufferBytes, begin);
  } while (count < 0 && errno == EINTR);
  if (count > 0) hasher.Update({buffer, static_cast<std::size_t>(count)});
  return count;
}

// The same for a whole window that was in memory before we came; 0 when it is
// to be read instead. Less than a buffer is not worth the mapping.
std::int64_t HashWindow(int fd, std::int64_t begin, std::int64_t size,
                        const PageResidency& residency, Hasher& hasher) {
  const std::int64_t length = std::min(kWindowBytes, size - begin);
  const bool mapped = length >= static_cast<std::int64_t>(kBufferBytes) &&
                      residency.AllOf(begin, begin + length) &&
                      HashMapped(fd, begin, length, hasher);
  return mapped ? length : 0;
}

Result<Digest> HashDescriptor(const OpenedBlob& blob, const std::string& path,
                              HashAlgorithm algorithm,
                              const BlobHashControl& control) {
  const std::int64_t size = blob.identity.size;
  const int fd = blob.fd.get();
  const PageResidency residency(fd, size);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  const auto buffer = std::make_unique_for_overwrite<char[]>(kBufferBytes);
  Hasher hasher(algorithm);
  std::int64_t done = 0;
  std::int64_t window = 0;  // where the part not yet given back starts
  // One byte beyond the size is asked for, never endlessly more.
  while (done <= size) {
    if (control.stop != nullptr && control.stop->load()) {
      residency.Restore(window, done);
      return Fail(Reason::kLayerPending, Printable(path));
    }
    std::int64_t count =
        done == window ? HashWindow(fd, done, size, residency, hasher) : 0;
    if (count == 0) count = HashRead(fd, done, buffer.get(), hasher);
    if (count < 0) {
      return Fail(Reason::kLayerUnreadable,
                  Printable(path) + ": " + std::strerror(errno));
    }
    if (count == 0) break;
    done += count;
    if (done - window >= kWindowBytes) {
      const std::int64_t end = done - done % kWindowBytes;
      residency.Restore(window, end);
      window = end;
      if (control.progress) control.progress(done, size);
    }
  }
  residency.Restore(window, size);
  if (control.progress) control.progress(done, size);
  return hasher.Finish();
}

}  // namespace

Result<BlobHash> HashBlob(const std::string& path, HashAlgorithm algorithm,
                          const BlobHashControl& control) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto blob = OpenBlob(path);
    if (!blob) return blob.error();
    LeaveTickOf(blob->identity.changed_ns);
    auto digest = HashDescriptor(*blob, path, algorithm, control);
    if (!digest) return digest.error();
    auto after = IdentityOf(blob->fd.get(), path);
    if (!after) return after.error();
    if (*after == blob->identity) {
      return BlobHash{*std::move(digest), *std::move(after)};
    }
  }
  return Fail(Reason::kLayerUnreadable,
              Printable(path) + ": changes while it is read");
}

}  // namespace assay
