// FileDigests: what a file of any size hashes to, read once.
#ifndef ASSAY_IO_FILES_FILE_DIGESTS_H_
#define ASSAY_IO_FILES_FILE_DIGESTS_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct FileDigests {
  std::vector<Digest> digests;       // one for each algorithm, never empty
  std::optional<std::string> bytes;  // of a file of at most `keep` bytes

  // Reads to the end of the file, which need not be a regular one.
  // `algorithms` is not empty. Errors: kNotFound, kFileUnreadable.
  static Result<FileDigests> Of(const std::string& path,
                                const std::set<HashAlgorithm>& algorithms,
                                std::size_t keep);
};

}  // namespace assay

#endif  // ASSAY_IO_FILES_FILE_DIGESTS_H_
