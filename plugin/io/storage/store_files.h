// StoreFiles: the files of one containers-storage, read as nobody but root may
// have written them: below the store's root, without a symbolic link on the
// way, owned by root (or by us), with a cap. Thread-safe.
#ifndef ASSAY_IO_STORAGE_STORE_FILES_H_
#define ASSAY_IO_STORAGE_STORE_FILES_H_

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "io/layers/file_identity.h"

namespace assay {

struct StoreFile {
  UniqueFd fd;
  FileIdentity identity;  // of the file as it was opened
};

class StoreFiles {
 public:
  // `root` is absolute: the graphroot or the runroot of containers-storage.
  explicit StoreFiles(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }

  // `path` is relative to the root. Errors: kNotFound, kFileUnreadable,
  // kFileUnsafe (another's file, or one that others may write).
  Result<StoreFile> Open(const std::string& path) const;
  // The same, and reads it. Error: kFileTooLarge.
  Result<std::string> Read(const std::string& path, std::size_t most) const;

 private:
  std::string root_;
};

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_STORE_FILES_H_
