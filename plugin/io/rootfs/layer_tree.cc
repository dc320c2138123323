#include "io/rootfs/layer_tree.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <deque>
#include <limits>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kOpaqueMark = "trusted.overlay.opaque";
constexpr std::string_view kCapability = "security.capability";
constexpr std::uint32_t kPermissions = 07777;
constexpr std::uint32_t kSetId = 06000;
constexpr std::uint32_t kFolderPermissions = 0755;
constexpr int kMostLinks = 255;  // of one path, as the runtime has it
constexpr std::size_t kPathBytes = 4096;

Error Unsupported(std::string_view name, std::string_view why) {
  return Fail(Reason::kRootfsUnsupported,
              Printable(name) + ": " + std::string(why));
}

std::deque<std::string> Components(std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

TreeNode* Child(const TreeNode& folder, std::string_view name) {
  const auto child = folder.children.find(name);
  return child == folder.children.end() ? nullptr : child->second.get();
}

bool IsFolder(const TreeNode& node) { return S_ISDIR(node.facts->type); }

std::unique_ptr<TreeNode> NewNode(FileFacts facts) {
  auto node = std::make_unique<TreeNode>();
  node->facts = std::make_shared<FileFacts>(std::move(facts));
  return node;
}

FileFacts PlainFolder() {
  FileFacts facts;
  facts.type = S_IFDIR;
  facts.permissions = kFolderPermissions;
  return facts;
}

std::uint32_t TypeBits(TarType type) {
  switch (type) {
    case TarType::kFile:
    case TarType::kHardLink:
      return S_IFREG;
    case TarType::kSymlink:
      return S_IFLNK;
    case TarType::kCharDevice:
      return S_IFCHR;
    case TarType::kBlockDevice:
      return S_IFBLK;
    case TarType::kFolder:
      return S_IFDIR;
    case TarType::kFifo:
      return S_IFIFO;
  }
  return 0;
}

bool Fits(std::uint64_t number) {
  return number < std::numeric_limits<std::uint32_t>::max();
}

// A runtime sets no trusted attributes, and the user's on files and folders
// only.
bool IsSet(const std::string& attribute, std::uint32_t type) {
  if (attribute.starts_with("trusted.") || IsHostAttribute(attribute)) {
    return false;
  }
  return !attribute.starts_with("user.") || S_ISREG(type) || S_ISDIR(type);
}

// Changing the owner takes a file's capabilities away; then the entry's own
// attributes are set, then its mode.
void SetMetadata(const TarEntry& entry, FileFacts& facts) {
  facts.owner = static_cast<std::uint32_t>(entry.owner);
  facts.group = static_cast<std::uint32_t>(entry.group);
  if (!S_ISDIR(facts.type)) facts.attributes.erase(std::string(kCapability));
  for (const auto& [name, value] : entry.attributes) {
    if (IsSet(name, facts.type)) facts.attributes.insert_or_assign(name, value);
  }
  const auto mode = static_cast<std::uint32_t>(entry.mode) & kPermissions;
  if (entry.type == TarType::kHardLink) {
    facts.or_permissions = facts.permissions & ~kSetId;
  }
  facts.permissions = mode;
}

// Removes what is below a folder, except what entries have named.
void RemoveImplied(TreeNode& folder) {
  for (auto child = folder.children.begin(); child != folder.children.end();) {
    if (child->second->implied) {
      child = folder.children.erase(child);
    } else {
      RemoveImplied(*child->second);
      ++child;
    }
  }
}

}  // namespace

LayerTree::LayerTree(Place place, Inherit inherit)
    : place_(place), inherit_(std::move(inherit)) {
  root_.facts = std::make_shared<FileFacts>(PlainFolder());
}

Status LayerTree::Count(std::size_t text) {
  text_ += text;
  if (++entries_ > limits::kLayerEntries || text_ > limits::kLayerTextBytes) {
    return Unsupported("the layer", "more entries than the limit");
  }
  return Ok();
}

// As the runtime resolves it: links lead within the layer's folder, as it is
// at this entry, and a component that does not exist leads nowhere else.
Result<LayerTree::Trace> LayerTree::Resolve(std::string_view path) {
  std::deque<std::string> left = Components(path);
  Trace trace;
  int links = 0;
  while (!left.empty()) {
    const std::string name = std::move(left.front());
    left.pop_front();
    if (name == "..") {
      if (!trace.names.empty()) {
        trace.names.pop_back();
        trace.nodes.pop_back();
      }
      continue;
    }
    const TreeNode* folder = trace.nodes.empty() ? &root_ : trace.nodes.back();
    TreeNode* node = folder == nullptr ? nullptr : Child(*folder, name);
    if (node != nullptr && S_ISLNK(node->facts->type)) {
      const std::string& target = node->facts->target;
      if (++links > kMostLinks) return Unsupported(path, "too many links");
      if (target.starts_with('/')) trace = Trace();
      const auto more = Components(target);
      left.insert(left.begin(), more.begin(), more.end());
      continue;
    }
    trace.names.push_back(name);
    trace.nodes.push_back(node);
    if (trace.names.size() > limits::kLayerDepth) {
      return Unsupported(path, "too many folders in folders");
    }
  }
  return trace;
}

Result<TreeNode*> LayerTree::MakeFolder(const Trace& trace) {
  TreeNode* folder = &root_;
  std::string path;
  for (const std::string& name : trace.names) {
    path += (path.empty() ? "" : "/") + name;
    TreeNode* node = Child(*folder, name);
    if (node == nullptr) {
      if (auto counted = Count(name.size()); !counted) return counted.error();
      auto inherited = place_ == Place::kLowest
                           ? Result<std::optional<FileFacts>>(std::nullopt)
                           : inherit_(path);
      if (!inherited) return inherited.error();
      auto made = NewNode(inherited->value_or(PlainFolder()));
      made->implied = true;
      node =
          folder->children.emplace(name, std::move(made)).first->second.get();
    } else if (!IsFolder(*node)) {
      return Unsupported(path, "a file is used as a folder");
    }
    folder = node;
  }
  return folder;
}

// True where the entry was one.
Result<bool> LayerTree::TakeWhiteout(const TarEntry& entry, TreeNode& folder,
                                     std::string_view name) {
  if (!name.starts_with(kWhiteout)) return false;
  if (name == kOpaque) {
    if (place_ == Place::kLowest) {
      RemoveImplied(folder);
    } else {
      folder.facts->attributes.insert_or_assign(std::string(kOpaqueMark), "y");
    }
    return true;
  }
  const std::string gone(name.substr(kWhiteout.size()));
  if (gone.empty() || gone == "." || gone == "..") {
    return Unsupported(entry.name, "a whiteout of nothing");
  }
  if (place_ == Place::kLowest) {
    folder.children.erase(gone);
    return true;
  }
  FileFacts mark;
  mark.type = S_IFCHR;
  mark.owner = static_cast<std::uint32_t>(entry.owner);
  mark.group = static_cast<std::uint32_t>(entry.group);
  if (!folder.children.emplace(gone, NewNode(std::move(mark))).second) {
    return Unsupported(entry.name, "a whiteout of what the layer itself has");
  }
  return true;
}

Result<std::shared_ptr<FileFacts>> LayerTree::LinkTarget(
    const TarEntry& entry) {
  // The last component is linked to and not followed.
  std::string_view link = entry.link;
  while (link.ends_with('/')) link.remove_suffix(1);
  const std::size_t slash = link.rfind('/');
  const bool nested = slash != std::string_view::npos;
  auto trace = Resolve(nested ? link.substr(0, slash) : "");
  if (!trace) return trace.error();
  const TreeNode* folder = trace->nodes.empty() ? &root_ : trace->nodes.back();
  const TreeNode* node =
      folder == nullptr
          ? nullptr
          : Child(*folder, nested ? link.substr(slash + 1) : link);
  if (node == nullptr || IsFolder(*node)) {
    return Unsupported(entry.name, "a hard link to what is not there");
  }
  return node->facts;
}

Result<TreeNode*> LayerTree::Make(const TarEntry& entry, TreeNode& folder,
                                  std::string_view name) {
  TreeNode* present = Child(folder, name);
  if (present != nullptr && entry.type == TarType::kFolder &&
      IsFolder(*present)) {
    return present;  // its content stays
  }
  if (present != nullptr) folder.children.erase(folder.children.find(name));
  auto node = std::make_unique<TreeNode>();
  if (entry.type == TarType::kHardLink) {
    auto target = LinkTarget(entry);
    if (!target) return target.error();
    node->facts = *std::move(target);
  } else {
    node->facts = std::make_shared<FileFacts>();
    node->facts->type = TypeBits(entry.type);
    node->facts->size = entry.size;
    if (entry.type == TarType::kSymlink) node->facts->target = entry.link;
    if (entry.type == TarType::kCharDevice ||
        entry.type == TarType::kBlockDevice) {
      node->facts->number =
          ::makedev(static_cast<unsigned>(entry.device_major),
                    static_cast<unsigned>(entry.device_minor));
    }
  }
  return folder.children.emplace(name, std::move(node)).first->second.get();
}

Result<std::shared_ptr<FileFacts>> LayerTree::Apply(const TarEntry& entry) {
  if (auto counted = Count(entry.name.size() + entry.link.size()); !counted) {
    return counted.error();
  }
  if (!Fits(entry.owner) || !Fits(entry.group) || !Fits(entry.device_major) ||
      !Fits(entry.device_minor)) {
    return Unsupported(entry.name, "a number that no file can have");
  }
  std::deque<std::string> parts = Components(entry.name);
  if (entry.name.size() > kPathBytes ||
      std::find(parts.begin(), parts.end(), "..") != parts.end() ||
      entry.name.find('\0') != std::string::npos) {
    return Unsupported(entry.name, "a name that leads upward, or is too long");
  }
  // The root folder is the snapshotter's and stays as it is.
  if (parts.empty()) return std::shared_ptr<FileFacts>();
  const std::string name = std::move(parts.back());
  parts.pop_back();
  std::string path;
  for (const std::string& part : parts) path += part + "/";
  auto trace = Resolve(path);
  if (!trace) return trace.error();
  auto folder = MakeFolder(*trace);
  if (!folder) return folder.error();
  auto whiteout = TakeWhiteout(entry, **folder, name);
  if (!whiteout) return whiteout.error();
  if (*whiteout) return std::shared_ptr<FileFacts>();
  auto node = Make(entry, **folder, name);
  if (!node) return node.error();
  (*node)->implied = false;
  SetMetadata(entry, *(*node)->facts);
  return (*node)->facts;
}

}  // namespace assay
