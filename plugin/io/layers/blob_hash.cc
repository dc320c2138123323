#include "io/layers/blob_hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/bytes.h"
#include "io/layers/page_residency.h"

namespace assay {
namespace {

// Fastest measured: larger buffers leave the second-level cache.
constexpr std::size_t kBufferBytes = 128U << 10;
constexpr std::int64_t kWindowBytes = 8LL << 20;
constexpr int kAttempts = 3;

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
    const ssize_t count = ::pread(fd, buffer.get(), kBufferBytes, done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Fail(Reason::kLayerUnreadable,
                  Printable(path) + ": " + std::strerror(errno));
    }
    if (count == 0) break;
    hasher.Update({buffer.get(), static_cast<std::size_t>(count)});
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
