#include "io/evidence/detached_folder.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

// False when there is no such file.
bool ReadSignature(const std::string& path, const Digest& target,
                   EvidenceSet& set) {
  auto bytes = ReadFile(path, limits::kArtifactBlobBytes);
  if (!bytes) {
    Error error = bytes.error();
    if (error.reason == Reason::kNotFound) return false;
    if (error.reason == Reason::kFileTooLarge) {
      error.reason = Reason::kEvidenceTooLarge;
    }
    set.failures.push_back(std::move(error));
    return true;
  }
  Descriptor descriptor{"application/octet-stream",
                        Digest::Of(*bytes),
                        static_cast<std::int64_t>(bytes->size()),
                        "",
                        {},
                        std::nullopt};
  set.artifacts.push_back({ArtifactOrigin::kDetachedFile,
                           target,
                           path,
                           std::nullopt,
                           {{std::move(descriptor), *std::move(bytes)}}});
  return true;
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

void ReadDetached(const std::string& folder, const Reference& name,
                  const Digest& target, EvidenceSet& set) {
  if (!IsFolder(folder)) {
    set.failures.push_back(
        Fail(Reason::kFileUnreadable, Printable(folder) + ": not a folder"));
    return;
  }
  const std::string algorithm(HashName(target.algorithm()));
  ReadSignature(folder + "/" + algorithm + "-" + target.hex() + ".sig", target,
                set);
  const std::string lookaside = folder + "/" + name.path() + "@" + algorithm +
                                "=" + target.hex() + "/signature-";
  for (std::size_t number = 1;
       ReadSignature(lookaside + std::to_string(number), target, set);
       ++number) {
    if (number >= limits::kSignatureLayers) {
      set.failures.push_back(Fail(Reason::kEvidenceTooMany, lookaside));
      return;
    }
  }
}

}  // namespace assay
