#include "io/files/file_digests.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/unique_fd.h"

namespace assay {
namespace {

constexpr std::size_t kChunk = 1U << 20;

Error Unreadable(const std::string& path) {
  const Reason reason =
      errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable;
  return Fail(reason, Printable(path) + ": " + std::strerror(errno));
}

}  // namespace

Result<FileDigests> FileDigests::Of(const std::string& path,
                                    const std::set<HashAlgorithm>& algorithms,
                                    std::size_t keep) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Unreadable(path);
  std::vector<Hasher> hashers;
  for (const HashAlgorithm algorithm : algorithms) {
    hashers.emplace_back(algorithm);
  }
  FileDigests read{{}, std::string()};
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t size = ::read(file.get(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Unreadable(path);
    if (size == 0) break;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(size));
    for (Hasher& hasher : hashers) hasher.Update(bytes);
    if (!read.bytes) continue;
    if (bytes.size() > keep - read.bytes->size()) {
      read.bytes.reset();
    } else {
      read.bytes->append(bytes);
    }
  }
  for (Hasher& hasher : hashers) read.digests.push_back(hasher.Finish());
  return read;
}

}  // namespace assay
