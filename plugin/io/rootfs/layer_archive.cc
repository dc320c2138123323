#include "io/rootfs/layer_archive.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/archive/split_source.h"
#include "io/layers/file_identity.h"
#include "io/layers/page_residency.h"

namespace assay {
namespace {

// Hashes and counts what passes.
class DigestedSource : public ByteSource {
 public:
  DigestedSource(std::unique_ptr<ByteSource> source, HashAlgorithm algorithm)
      : source_(std::move(source)), hasher_(algorithm) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    auto count = source_->Read(to, most);
    if (!count) return count;
    hasher_.Update({to, *count});
    bytes_ += *count;
    if (bytes_ > limits::kLayerUnpackedBytes) {
      return Fail(Reason::kArchiveMalformed, "larger than the limit");
    }
    return count;
  }
  Digest Finish() { return hasher_.Finish(); }

 private:
  std::unique_ptr<ByteSource> source_;
  Hasher hasher_;
  std::uint64_t bytes_ = 0;
};

// The reasons of archives are about evidence; here they mean something else.
Error Translated(const Error& error) {
  if (error.reason == Reason::kArchiveMalformed) {
    return Fail(Reason::kRootfsUnsupported, "its archive: " + error.detail);
  }
  if (error.reason == Reason::kFileUnreadable) {
    return Fail(Reason::kLayerUnreadable, error.detail);
  }
  if (error.reason == Reason::kDeadline) return Fail(Reason::kRootfsPending);
  return error;
}

Status ReadEntries(TarStream& stream, LayerTree& tree) {
  for (;;) {
    auto entry = stream.Next();
    if (!entry) return entry.error();
    if (!*entry) return stream.Drain();
    auto facts = tree.Apply(**entry);
    if (!facts) return facts.error();
    if (*facts == nullptr || (*entry)->type != TarType::kFile) continue;
    Hasher hasher(HashAlgorithm::kSha256);
    for (;;) {
      auto some = stream.Body();
      if (!some) return some.error();
      if (some->empty()) break;
      hasher.Update(*some);
    }
    (*facts)->content = hasher.Finish().bytes();
  }
}

// As a root of its own, so that links lead nowhere else.
UniqueFd OpenInside(int root, const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(
      ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how))));
}

Result<std::optional<FileFacts>> FactsOfFolder(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    return Fail(Reason::kRootfsUnreadable, std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode)) return std::optional<FileFacts>();
  auto attributes =
      ReadAttributes("/proc/self/fd/" + std::to_string(fd) + "/.");
  if (!attributes) return attributes.error();
  FileFacts facts;
  facts.type = S_IFDIR;
  facts.permissions = info.st_mode & 07777U;
  facts.owner = info.st_uid;
  facts.group = info.st_gid;
  for (auto& [name, value] : *attributes) {
    if (name.starts_with("trusted.")) continue;
    facts.attributes.emplace(name, std::move(value));
  }
  return std::optional<FileFacts>(std::move(facts));
}

}  // namespace

Result<LayerTree> ReadLayer(const std::string& blob, const Digest& diff_id,
                            LayerTree tree, const std::atomic<bool>& stop) {
  auto file = OpenBlob(blob);
  if (!file) return file.error();
  const PageResidency residency(file->fd.get(), file->identity.size);
  auto digested = std::make_unique<DigestedSource>(
      UnpackedSource(FileSource(file->fd.get(), &stop)), diff_id.algorithm());
  DigestedSource& digest = *digested;
  TarStream stream(std::move(digested));
  const Status read = ReadEntries(stream, tree);
  residency.Restore(0, file->identity.size);
  if (!read) return Translated(read.error());
  if (const Digest found = digest.Finish(); found != diff_id) {
    return Fail(Reason::kRootfsLayerMismatch,
                "it unpacks to " + found.str() + ", not " + diff_id.str());
  }
  return tree;
}

Status CheckSplitLayer(const SplitLayer& layer, const std::atomic<bool>& stop) {
  const auto split = OpenBlob(layer.split);
  if (!split) return split.error();
  const UniqueFd folder(
      ::open(layer.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) {
    return Fail(Reason::kRootfsUnreadable,
                Printable(layer.folder) + ": " + std::strerror(errno));
  }
  DigestedSource archive(
      SplitSource(UnpackedSource(FileSource(split->fd.get(), &stop)),
                  folder.get()),
      layer.diff_id.algorithm());
  constexpr std::size_t kStep = 128U << 10;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kStep);
  for (;;) {
    if (stop) return Fail(Reason::kRootfsPending);
    const auto count = archive.Read(buffer.get(), kStep);
    if (!count) return Translated(count.error());
    if (*count == 0) break;
  }
  if (const Digest found = archive.Finish(); found != layer.diff_id) {
    return Fail(
        Reason::kRootfsLayerMismatch,
        "its files make " + found.str() + ", not " + layer.diff_id.str());
  }
  return Ok();
}

LayerTree::Inherit InheritFrom(const std::vector<std::string>& lower) {
  return [lower](const std::string& path) -> Result<std::optional<FileFacts>> {
    for (const std::string& folder : lower) {
      const UniqueFd root(
          ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!root.valid()) {
        return Fail(Reason::kRootfsUnreadable,
                    Printable(folder) + ": " + std::strerror(errno));
      }
      const UniqueFd inside = OpenInside(root.get(), path);
      // The first that has the path decides; a file there hides the rest.
      if (inside.valid()) return FactsOfFolder(inside.get());
      if (errno != ENOENT) {
        return Fail(Reason::kRootfsUnreadable,
                    Printable(path) + ": " + std::strerror(errno));
      }
    }
    return std::optional<FileFacts>();
  };
}

}  // namespace assay
