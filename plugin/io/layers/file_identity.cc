#include "io/layers/file_identity.h"

#include <fcntl.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>

#include "base/bytes.h"

namespace assay {
namespace {

Error Unreadable(const std::string& path, std::string_view why) {
  return Fail(Reason::kLayerUnreadable,
              Printable(path) + ": " + std::string(why));
}

// Unsigned, because a damaged filesystem may tell any time; a wrapped one is
// still the same one the next time.
std::int64_t Nanoseconds(const struct statx_timestamp& stamp) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(stamp.tv_sec) *
                                       1'000'000'000U +
                                   stamp.tv_nsec);
}

// "" when the filesystem has no fs-verity or the file does not use it: then
// the other members have to do.
std::string MeasureVerity(int fd) {
  constexpr std::size_t kLargestDigest = 64;
  constexpr std::size_t kHead = sizeof(fsverity_digest);
  alignas(fsverity_digest) std::array<char, kHead + kLargestDigest> buffer{};
  fsverity_digest head{};
  head.digest_size = kLargestDigest;
  std::memcpy(buffer.data(), &head, kHead);
  if (::ioctl(fd, FS_IOC_MEASURE_VERITY, buffer.data()) != 0) return {};
  std::memcpy(&head, buffer.data(), kHead);
  if (head.digest_size == 0 || head.digest_size > kLargestDigest) return {};
  return std::to_string(head.digest_algorithm) + ":" +
         HexEncode({buffer.data() + kHead, head.digest_size});
}

}  // namespace

void LeaveTickOf(std::int64_t changed_ns) {
  constexpr std::int64_t kTick = 20'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  const std::int64_t now_ns = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  if (changed_ns > now_ns - kTick && changed_ns < now_ns + kTick) {
    std::this_thread::sleep_for(
        std::chrono::nanoseconds(kTick + changed_ns - now_ns));
  }
}

Result<FileIdentity> IdentityOf(int fd, const std::string& path) {
  struct statx info {};
  constexpr unsigned kWanted = STATX_BASIC_STATS;
  if (::statx(fd, "", AT_EMPTY_PATH, kWanted, &info) != 0) {
    return Unreadable(path, std::strerror(errno));
  }
  if ((info.stx_mask & kWanted) != kWanted) {
    return Unreadable(path, "the filesystem does not tell its times");
  }
  if (!S_ISREG(info.stx_mode)) return Unreadable(path, "not a regular file");
  FileIdentity identity;
  identity.device = ::makedev(info.stx_dev_major, info.stx_dev_minor);
  identity.inode = info.stx_ino;
  identity.size = static_cast<std::int64_t>(info.stx_size);
  identity.modified_ns = Nanoseconds(info.stx_mtime);
  identity.changed_ns = Nanoseconds(info.stx_ctime);
  identity.verity = MeasureVerity(fd);
  return identity;
}

Result<OpenedBlob> OpenBlob(const std::string& path) {
  // Non-blocking, so that a pipe put in the blob's place cannot stall us.
  OpenedBlob blob;
  blob.fd.reset(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!blob.fd.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return Fail(Reason::kLayerMissing, Printable(path));
    }
    if (errno == ELOOP) return Unreadable(path, "a symbolic link");
    return Unreadable(path, std::strerror(errno));
  }
  auto identity = IdentityOf(blob.fd.get(), path);
  if (!identity) return identity.error();
  blob.identity = *std::move(identity);
  return blob;
}

}  // namespace assay
