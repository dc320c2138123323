#include "io/layers/mapped_window.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <csignal>

namespace assay {
namespace {

class Lease {
 public:
  // The signal that tells of a writer who waits is one that is ignored unless
  // asked for; without F_SETSIG it would be SIGIO, which ends a process.
  explicit Lease(int fd)
      : fd_(fd),
        held_(::fcntl(fd, F_SETSIG, SIGURG) == 0 &&
              ::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {}
  ~Lease() {
    if (held_) ::fcntl(fd_, F_SETLEASE, F_UNLCK);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  bool held() const { return held_; }

 private:
  int fd_;
  bool held_;
};

bool HasBytes(int fd, std::int64_t count) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && info.st_size >= count;
}

}  // namespace

bool HashMapped(int fd, std::int64_t begin, std::int64_t length,
                Hasher& hasher) {
  const Lease lease(fd);
  if (!lease.held() || !HasBytes(fd, begin + length)) return false;
  const auto size = static_cast<std::size_t>(length);
  void* map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, begin);
  if (map == MAP_FAILED) return false;
  hasher.Update({static_cast<const char*>(map), size});
  ::munmap(map, size);
  return true;
}

}  // namespace assay
