#include "io/evidence/store_layout.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/bytes.h"
#include "io/evidence/target_record.h"
#include "io/files/files.h"

namespace assay {
namespace {

Status MakeFile(const std::string& path, std::string_view bytes) {
  if (::access(path.c_str(), F_OK) == 0) return Ok();
  return WriteFileAtomically(path, bytes);
}

}  // namespace

Error StoreFailed(Error error) {
  if (error.reason != Reason::kDiskFull) {
    error.reason = Reason::kEvidenceStoreFailed;
  }
  return error;
}

Status StoreLayout::Make() const {
  for (const auto algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha384,
                               HashAlgorithm::kSha512}) {
    for (const std::string& path : {Blobs(algorithm), Targets(algorithm)}) {
      if (auto made = MakeFolders(path); !made) {
        return StoreFailed(made.error());
      }
    }
  }
  if (auto made = MakeFile(Index(), WriteIndex({})); !made) {
    return StoreFailed(made.error());
  }
  if (auto made = MakeFile(Marker(), kOciLayoutFile); !made) {
    return StoreFailed(made.error());
  }
  return Ok();
}

Result<FileLock> FileLock::Take(const std::string& path,
                                std::chrono::milliseconds most) {
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const auto failed = [&](int code) {
    return Fail(Reason::kEvidenceStoreFailed,
                Printable(path) + ": " + std::strerror(code));
  };
  if (!fd.valid()) return failed(errno);
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failed(errno);
    if (std::chrono::steady_clock::now() >= deadline) return failed(EBUSY);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return FileLock(std::move(fd));
}

}  // namespace assay
