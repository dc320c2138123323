#include "io/rootfs/tree_print.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/rootfs/folder.h"

namespace assay {
namespace {

class Printer {
 public:
  Status Add(const Folder& folder, const std::string& path, std::size_t depth) {
    if (depth > limits::kLayerDepth) {
      return Fail(Reason::kRootfsUnreadable,
                  Printable(path) + ": too many folders in folders");
    }
    const auto files = folder.List();
    if (!files) return WithContext(files.error(), Printable("/" + path));
    for (const FolderFile& file : *files) {
      if (++files_ > limits::kLayerEntries) {
        return Fail(Reason::kRootfsUnreadable, "too many files");
      }
      Add(file, path);
      if (!S_ISDIR(file.mode)) continue;
      const std::string below = path + file.name + "/";
      const auto sub = folder.Sub(file.name);
      if (!sub) return WithContext(sub.error(), Printable("/" + below));
      if (auto added = Add(*sub, below, depth + 1); !added) return added;
    }
    return Ok();
  }

  // Each record begins with the path and a NUL, which no path has.
  void Add(const FolderFile& file, std::string_view path) {
    newest_ = std::max(newest_, file.changed_ns);
    const std::array<std::uint64_t, 8> numbers{
        file.mode,
        file.owner,
        file.group,
        file.number,
        file.inode,
        file.size,
        static_cast<std::uint64_t>(file.modified_ns),
        static_cast<std::uint64_t>(file.changed_ns)};
    record_.assign(path).append(file.name).push_back('\0');
    const std::size_t at = record_.size();
    record_.resize(at + sizeof(numbers));
    std::memcpy(record_.data() + at, numbers.data(), sizeof(numbers));
    hasher_.Update(record_);
  }

  Digest Finish() { return hasher_.Finish(); }
  std::int64_t newest() const { return newest_; }
  std::size_t files() const { return files_; }

 private:
  Hasher hasher_{HashAlgorithm::kSha256};
  std::string record_;
  std::int64_t newest_ = 0;
  std::size_t files_ = 0;
};

}  // namespace

Result<TreePrint> PrintTree(const std::string& folder) {
  const auto root = Folder::Open(folder);
  if (!root) return root.error();
  const auto self = root->Self();
  if (!self) return WithContext(self.error(), Printable(folder));
  Printer printer;
  printer.Add(*self, "");
  if (auto added = printer.Add(*root, "", 0); !added) {
    return WithContext(added.error(), Printable(folder));
  }
  return TreePrint{printer.Finish(),  root->device(),   self->inode,
                   self->modified_ns, printer.newest(), printer.files()};
}

}  // namespace assay
