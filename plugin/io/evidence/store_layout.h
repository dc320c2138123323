// StoreLayout: where things are inside an evidence store, and its locks. Beside
// what an OCI image layout has, everything of ours is in the folder ".assay",
// which other tools do not look at.
#ifndef ASSAY_IO_EVIDENCE_STORE_LAYOUT_H_
#define ASSAY_IO_EVIDENCE_STORE_LAYOUT_H_

#include <chrono>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

inline constexpr std::string_view kOciLayoutFile =
    R"({"imageLayoutVersion":"1.0.0"})";

class StoreLayout {
 public:
  explicit StoreLayout(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }
  std::string Marker() const { return folder_ + "/oci-layout"; }
  std::string Index() const { return folder_ + "/index.json"; }
  std::string Blobs(HashAlgorithm algorithm) const {
    return folder_ + "/blobs/" + std::string(HashName(algorithm));
  }
  std::string Blob(const Digest& digest) const {
    return Blobs(digest.algorithm()) + "/" + digest.hex();
  }
  std::string Targets(HashAlgorithm algorithm) const {
    return folder_ + "/.assay/targets/" + std::string(HashName(algorithm));
  }
  std::string Target(const Digest& target) const {
    return Targets(target.algorithm()) + "/" + target.hex() + ".json";
  }
  // There while index.json is older than the records.
  std::string IndexStale() const { return folder_ + "/.assay/index-stale"; }
  std::string WriterLock() const { return folder_ + "/.assay/lock"; }
  std::string IndexLock() const { return folder_ + "/.assay/index.lock"; }

  // Makes what is absent. Errors: kEvidenceStoreFailed, kDiskFull.
  Status Make() const;

 private:
  std::string folder_;
};

// `error` as the store's own: a full disk stays one, all else is
// kEvidenceStoreFailed.
Error StoreFailed(Error error);

// How long a writer waits for another.
inline constexpr std::chrono::milliseconds kLockWait{2000};

// An advisory lock on a file, held by one owner among all processes and
// threads, let go when destroyed or when the process dies.
class FileLock {
 public:
  // Waits no longer than `most`. Error: kEvidenceStoreFailed.
  static Result<FileLock> Take(const std::string& path,
                               std::chrono::milliseconds most);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_STORE_LAYOUT_H_
