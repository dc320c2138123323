#include "io/layout/layout_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/evidence/tar.h"

namespace assay {
namespace {

constexpr std::size_t kChunk = 4U << 20;

Error SystemError(const std::string& path) {
  // With O_NOFOLLOW a link is one of these.
  if (errno == ELOOP || errno == ENOTDIR) {
    return Fail(Reason::kArchiveUnsafe, Printable(path) + " is a link");
  }
  return Fail(errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable,
              Printable(path) + ": " + std::strerror(errno));
}

// Opens `name` below `folder`, every step a folder of its own and no link.
Result<UniqueFd> OpenBelow(int folder, const std::string& name, int flags) {
  constexpr int kStep = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  UniqueFd at;
  std::string_view rest = name;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string step(rest.substr(0, slash));
    const bool last = slash == rest.npos;
    const int from = at.valid() ? at.get() : folder;
    UniqueFd next(
        ::openat(from, step.c_str(), kStep | (last ? flags : O_DIRECTORY)));
    if (!next.valid()) return SystemError(name);
    at = std::move(next);
    if (last) return at;
    rest.remove_prefix(slash + 1);
  }
}

class Folder : public LayoutFiles {
 public:
  explicit Folder(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<LayoutFile> Open(const std::string& name) const override {
    auto file = OpenBelow(fd_.get(), name, 0);
    if (!file) return file.error();
    struct stat info {};
    if (::fstat(file->get(), &info) != 0) return SystemError(name);
    if (!S_ISREG(info.st_mode)) {
      return Fail(Reason::kArchiveUnsafe, Printable(name) + " is no file");
    }
    return LayoutFile(*std::move(file), 0,
                      static_cast<std::uint64_t>(info.st_size));
  }

  Result<std::vector<std::string>> List(
      const std::string& folder) const override {
    std::vector<std::string> names;
    auto opened = OpenBelow(fd_.get(), folder, O_DIRECTORY);
    if (!opened) {
      if (opened.error().reason == Reason::kNotFound) return names;
      return opened.error();
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(
        ::fdopendir(opened->release()), &::closedir);
    if (entries == nullptr) return SystemError(folder);
    while (const dirent* entry = ::readdir(entries.get())) {
      if (entry->d_name[0] == '.') continue;
      if (names.size() == limits::kLayoutFiles) {
        return Fail(Reason::kEvidenceTooMany, "files in " + Printable(folder));
      }
      names.emplace_back(entry->d_name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  UniqueFd fd_;
};

class Archive : public LayoutFiles {
 public:
  explicit Archive(TarReader reader) : reader_(std::move(reader)) {}

  Result<LayoutFile> Open(const std::string& name) const override {
    const auto place = reader_.Find(name);
    if (!place) return place.error();
    UniqueFd fd(::fcntl(place->fd, F_DUPFD_CLOEXEC, 0));
    if (!fd.valid()) return SystemError(name);
    return LayoutFile(std::move(fd), place->offset, place->size);
  }

  Result<std::vector<std::string>> List(
      const std::string& folder) const override {
    auto names = reader_.NamesIn(folder);
    if (names.size() > limits::kLayoutFiles) {
      return Fail(Reason::kEvidenceTooMany, "files in " + Printable(folder));
    }
    return names;
  }

 private:
  TarReader reader_;
};

}  // namespace

Result<std::string_view> LayoutFile::ReadSome(std::uint64_t at,
                                              std::string& buffer) const {
  const std::uint64_t want = std::min<std::uint64_t>(buffer.size(), size_ - at);
  while (true) {
    const ssize_t count = ::pread(fd_.get(), buffer.data(), want,
                                  static_cast<off_t>(offset_ + at));
    if (count > 0) {
      return std::string_view(buffer.data(), static_cast<std::size_t>(count));
    }
    if (count < 0 && errno == EINTR) continue;
    return Fail(Reason::kFileUnreadable, count == 0
                                             ? "it is shorter than before"
                                             : std::strerror(errno));
  }
}

Result<std::string> LayoutFile::ReadAll(std::size_t most) const {
  if (size_ > most) {
    return Fail(Reason::kFileTooLarge, std::to_string(size_) + " bytes");
  }
  std::string buffer(std::min<std::size_t>(kChunk, most), '\0');
  std::string bytes;
  while (bytes.size() < size_) {
    const auto some = ReadSome(bytes.size(), buffer);
    if (!some) return some.error();
    bytes.append(*some);
  }
  return bytes;
}

Result<Digest> LayoutFile::Hash(
    HashAlgorithm algorithm, Deadline deadline,
    const std::function<void(std::uint64_t)>& progress) const {
  Hasher hasher(algorithm);
  std::string buffer(kChunk, '\0');
  for (std::uint64_t at = 0; at < size_;) {
    if (std::chrono::steady_clock::now() > deadline) {
      return Fail(Reason::kDeadline);
    }
    const auto some = ReadSome(at, buffer);
    if (!some) return some.error();
    hasher.Update(*some);
    at += some->size();
    if (progress) progress(some->size());
  }
  return hasher.Finish();
}

Result<std::unique_ptr<LayoutFiles>> LayoutFiles::OpenFolder(
    const std::string& path) {
  // The folder itself is named by the asker, who may mean a link.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (!fd.valid()) {
    return Fail(errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable,
                Printable(path) + ": " + std::strerror(errno));
  }
  return std::unique_ptr<LayoutFiles>(std::make_unique<Folder>(std::move(fd)));
}

Result<std::unique_ptr<LayoutFiles>> LayoutFiles::OpenArchive(
    const std::string& path) {
  auto reader = TarReader::Open(path, limits::kLayoutFileBytes);
  if (!reader) return reader.error();
  return std::unique_ptr<LayoutFiles>(
      std::make_unique<Archive>(*std::move(reader)));
}

}  // namespace assay
