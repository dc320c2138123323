#include "io/rootfs/tree_comparison.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/bytes.h"
#include "base/digest.h"
#include "io/layers/page_residency.h"

namespace assay {
namespace {

constexpr std::uint32_t kComparedPermissions = 07777;
constexpr std::size_t kBufferBytes = 128U << 10;
// Smaller files may stay in the page cache: the container is about to read
// them, and asking for each would cost more than reading it.
constexpr std::uint64_t kLarge = 4U << 20;

Error Changed(std::string_view path, std::string_view how) {
  return Fail(Reason::kRootfsFileChanged,
              Printable(path) + ": " + std::string(how));
}

std::string Octal(std::uint32_t mode) {
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04o", mode);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string_view TypeName(std::uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a file";
    case S_IFDIR:
      return "a folder";
    case S_IFLNK:
      return "a symbolic link";
    case S_IFCHR:
      return "a character device";
    case S_IFBLK:
      return "a block device";
    case S_IFIFO:
      return "a pipe";
    default:
      return "a socket";
  }
}

// The first attribute that one has and the other has not, or differs in.
std::string FirstDifference(const Attributes& one, const Attributes& other) {
  for (const auto& [name, value] : one) {
    const auto found = other.find(name);
    if (found == other.end() || found->second != value) return name;
  }
  for (const auto& [name, value] : other) {
    if (!one.contains(name)) return name;
  }
  return {};
}

class Comparison {
 public:
  explicit Comparison(const std::atomic<bool>& stop)
      : stop_(stop),
        buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

  // Both sides are in the order of names. `path` is absolute in the image.
  Status CompareBelow(const Folder& folder, const TreeNode& node,
                      const std::string& path) {
    const auto files = folder.List();
    if (!files) return WithContext(files.error(), Printable(path));
    auto wanted = node.children.begin();
    for (const FolderFile& file : *files) {
      const std::string here = path + "/" + file.name;
      if (wanted == node.children.end() || file.name < wanted->first) {
        return Fail(Reason::kRootfsFileExtra, Printable(here));
      }
      if (wanted->first < file.name) break;
      if (auto same = CompareFile(folder, file, *wanted->second, here); !same) {
        return same;
      }
      ++wanted;
    }
    if (wanted == node.children.end()) return Ok();
    return Fail(Reason::kRootfsFileMissing,
                Printable(path + "/" + wanted->first));
  }

  Status CompareFacts(const Folder& folder, const FolderFile& file,
                      const FileFacts& facts, const std::string& path) const {
    if ((file.mode & S_IFMT) != facts.type) {
      return Changed(path, std::string(TypeName(file.mode)) + ", not " +
                               std::string(TypeName(facts.type)));
    }
    const std::uint32_t permissions = file.mode & kComparedPermissions;
    if (!S_ISLNK(facts.type) && permissions != facts.permissions &&
        permissions != facts.or_permissions) {
      return Changed(path, "its mode is " + Octal(permissions) + ", not " +
                               Octal(facts.permissions));
    }
    if (file.owner != facts.owner || file.group != facts.group) {
      return Changed(path, "it belongs to " + std::to_string(file.owner) + ":" +
                               std::to_string(file.group) + ", not " +
                               std::to_string(facts.owner) + ":" +
                               std::to_string(facts.group));
    }
    const bool device = S_ISCHR(facts.type) || S_ISBLK(facts.type);
    if (device && file.number != facts.number) {
      return Changed(path, "another device");
    }
    if (S_ISREG(facts.type) && file.size != facts.size) {
      return Changed(path, "its size is " + std::to_string(file.size) +
                               ", not " + std::to_string(facts.size));
    }
    const auto attributes =
        folder.AttributesOf(file.name.empty() ? "." : file.name);
    if (!attributes) return WithContext(attributes.error(), Printable(path));
    if (const auto name = FirstDifference(*attributes, facts.attributes);
        !name.empty()) {
      return Changed(path, "its attribute " + Printable(name));
    }
    return Ok();
  }

 private:
  Status CompareFile(const Folder& folder, const FolderFile& file,
                     const TreeNode& node, const std::string& path) {
    if (stop_) return Fail(Reason::kRootfsPending);
    const FileFacts& facts = *node.facts;
    if (auto same = CompareFacts(folder, file, facts, path); !same) return same;
    switch (facts.type) {
      case S_IFREG:
        return CompareContent(folder, file, facts, path);
      case S_IFLNK:
        return CompareTarget(folder, file, facts, path);
      case S_IFDIR:
        break;
      default:
        return Ok();
    }
    const auto sub = folder.Sub(file.name);
    if (!sub) return WithContext(sub.error(), Printable(path));
    return CompareBelow(*sub, node, path);
  }

  static Status CompareTarget(const Folder& folder, const FolderFile& file,
                              const FileFacts& facts, const std::string& path) {
    const auto target = folder.ReadLink(file.name);
    if (!target) return WithContext(target.error(), Printable(path));
    if (*target == facts.target) return Ok();
    return Changed(path, "it leads to " + Printable(*target) + ", not " +
                             Printable(facts.target));
  }

  Status CompareContent(const Folder& folder, const FolderFile& file,
                        const FileFacts& facts, const std::string& path) {
    // Names of one inode that must be one file are read once.
    const auto known = read_.find(file.inode);
    if (known != read_.end() && known->second == &facts) return Ok();
    const auto fd = folder.OpenFile(file.name);
    if (!fd) return WithContext(fd.error(), Printable(path));
    std::optional<PageResidency> residency;
    if (file.size >= kLarge) {
      residency.emplace(fd->get(), static_cast<std::int64_t>(file.size));
    }
    Hasher hasher(HashAlgorithm::kSha256);
    // One byte beyond the size is asked for, never endlessly more.
    for (std::uint64_t done = 0; done <= file.size;) {
      if (stop_) return Fail(Reason::kRootfsPending);
      const ssize_t count = ::pread(fd->get(), buffer_.get(), kBufferBytes,
                                    static_cast<off_t>(done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return Fail(Reason::kRootfsUnreadable,
                    Printable(path) + ": " + std::strerror(errno));
      }
      if (count == 0) break;
      hasher.Update({buffer_.get(), static_cast<std::size_t>(count)});
      done += static_cast<std::uint64_t>(count);
    }
    if (residency) residency->Restore(0, static_cast<std::int64_t>(file.size));
    if (hasher.Finish().bytes() != facts.content) {
      return Changed(path, "its content is another");
    }
    read_.insert_or_assign(file.inode, &facts);
    return Ok();
  }

  const std::atomic<bool>& stop_;
  std::unique_ptr<char[]> buffer_;
  std::map<std::uint64_t, const FileFacts*> read_;
};

}  // namespace

Status CompareTree(const LayerTree& tree, const std::string& folder,
                   const std::atomic<bool>& stop) {
  if (!SeesTrustedAttributes()) {
    return Fail(Reason::kRootfsUnreadable,
                "without CAP_SYS_ADMIN an overlay's marks cannot be seen");
  }
  const auto root = Folder::Open(folder);
  if (!root) return root.error();
  const auto self = root->Self();
  if (!self) return self.error();
  Comparison comparison(stop);
  if (auto same =
          comparison.CompareFacts(*root, *self, *tree.root().facts, "/");
      !same) {
    return same;
  }
  return comparison.CompareBelow(*root, tree.root(), "");
}

}  // namespace assay
