// RootfsChecker: says whether the folders that a container's root file system
// is mounted from hold the files of its layers and nothing else.
//
// A layer is compared once, on threads of its own, with what its blob unpacks
// to, and remembered by a print of what stat(2) tells of every file; from then
// on a check walks the folders and reads nothing. A print counts together with
// those of the layers below, from which a layer inherits folders that its
// archive only implies. Records grow stale as those of LayerHasher do.
#ifndef ASSAY_IO_ROOTFS_ROOTFS_CHECKER_H_
#define ASSAY_IO_ROOTFS_ROOTFS_CHECKER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/verdict/layer_integrity.h"

namespace assay {

struct RootfsCheckerOptions {
  // Where records are kept over restarts; "" keeps them in memory only. Must
  // be in a folder that only root can write.
  std::string memory_file;
  unsigned threads = 0;  // 0: one per processor; started when first needed
  std::chrono::hours compare_after{7 * 24};
  std::function<Time()> now;  // the wall clock; required
  // Called as a comparison begins, from any thread; for tests.
  std::function<void(const std::string& folder)> comparing;
};

class RootfsChecker : public LayerIntegrity {
 public:
  // Borrows what hashes the blobs.
  RootfsChecker(RootfsCheckerOptions options, LayerIntegrity& blobs);
  // Stops what is being compared and writes the memory file.
  ~RootfsChecker() override;
  RootfsChecker(const RootfsChecker&) = delete;
  RootfsChecker& operator=(const RootfsChecker&) = delete;

  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline) override;
  // As the port says. Errors name the layer's blob.
  Status CheckUnpacked(const ImageManifest& manifest, const Subject& subject,
                       Deadline deadline) override;

  // As the port says, of the layers' bytes. Errors name the layer's diff ID.
  Status CheckSplit(const Subject& subject, Deadline deadline) override;

  // Why the memory file was not used or could not be written the last time.
  std::optional<Error> MemoryProblem() const;

 private:
  class Impl;
  LayerIntegrity& blobs_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_ROOTFS_ROOTFS_CHECKER_H_
