// LayoutFiles: the files of an image layout, in a folder or inside a tar
// archive, by their names in it. Whoever made the layout is not trusted: a
// name never leads outside, a link or a device is an error, and an archive is
// read in place.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_FILES_H_
#define ASSAY_IO_LAYOUT_LAYOUT_FILES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

// The bytes of one file. One owner thread.
class LayoutFile {
 public:
  LayoutFile(UniqueFd fd, std::uint64_t offset, std::uint64_t size)
      : fd_(std::move(fd)), offset_(offset), size_(size) {}

  std::uint64_t size() const { return size_; }

  // Everything. Errors: kFileTooLarge over `most`, kFileUnreadable.
  Result<std::string> ReadAll(std::size_t most) const;
  // The digest of everything, read once. `progress` is told of every few MiB.
  // Errors: kFileUnreadable, kDeadline.
  Result<Digest> Hash(HashAlgorithm algorithm, Deadline deadline,
                      const std::function<void(std::uint64_t)>& progress) const;

 private:
  Result<std::string_view> ReadSome(std::uint64_t at,
                                    std::string& buffer) const;

  UniqueFd fd_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

// Thread-safe.
class LayoutFiles {
 public:
  virtual ~LayoutFiles() = default;

  // `name` is made by us: relative, without "..". Errors: kNotFound,
  // kArchiveUnsafe, kFileUnreadable.
  virtual Result<LayoutFile> Open(const std::string& name) const = 0;
  // The names in a folder, sorted; none where there is no such folder. Errors:
  // kEvidenceTooMany, kFileUnreadable.
  virtual Result<std::vector<std::string>> List(
      const std::string& folder) const = 0;

  // Errors: kNotFound, kFileUnreadable.
  static Result<std::unique_ptr<LayoutFiles>> OpenFolder(
      const std::string& path);
  // An archive that is not compressed. Errors: those of TarReader::Open.
  static Result<std::unique_ptr<LayoutFiles>> OpenArchive(
      const std::string& path);
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_FILES_H_
