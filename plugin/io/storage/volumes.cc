#include "io/storage/volumes.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "io/storage/store_records.h"

namespace assay {
namespace {

// A store's folder as it is written, and where its links lead: runtimes write
// either. What the links of a mount's source lead to is not asked, since that
// may be a server that does not answer.
std::vector<std::string> Spellings(const std::vector<std::string>& folders) {
  std::vector<std::string> spellings = folders;
  for (const std::string& folder : folders) {
    std::error_code failed;
    const auto real = std::filesystem::weakly_canonical(folder, failed);
    if (!failed && real != folder) spellings.push_back(real.string());
  }
  return spellings;
}

bool IsBelow(std::string_view path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

// An artifact is bound blob by blob, also from stores that no setting of ours
// tells of: whatever has the place of a blob in an OCI layout is one.
bool IsBlob(std::string_view path) {
  constexpr std::string_view kBlobs = "/blobs/sha256/";
  const std::size_t found = path.rfind(kBlobs);
  return found != std::string_view::npos &&
         IsStorageId(path.substr(found + kBlobs.size()));
}

// A layer's folder, whatever the store's own path is: a runtime may write
// another one than our settings do.
bool IsLayer(std::string_view path) {
  constexpr std::string_view kOverlay = "/overlay/";
  for (std::size_t at = path.find(kOverlay); at != std::string_view::npos;
       at = path.find(kOverlay, at + 1)) {
    const std::string_view rest = path.substr(at + kOverlay.size());
    if (IsStorageId(rest.substr(0, rest.find('/')))) return true;
  }
  return false;
}

// A part of an image is a bind of it below the container's own folder.
bool IsOfAnImage(std::string_view text, const std::vector<std::string>& roots) {
  const std::string path =
      std::filesystem::path(text).lexically_normal().string();
  if (path.find("/userdata/subpath") != std::string::npos || IsBlob(path) ||
      IsLayer(path)) {
    return true;
  }
  return std::any_of(roots.begin(), roots.end(), [&](const auto& root) {
    return IsBelow(path, root + "/overlay") ||
           IsBelow(path, root + "/overlay-images") ||
           IsBelow(path, root + "/artifacts");
  });
}

// The layer of <root>/overlay/<layer>/merged.
std::optional<std::string> MergedLayer(std::string_view path,
                                       const std::string& root) {
  const std::string home = root + "/overlay/";
  constexpr std::string_view kMergedFolder = "/merged";
  if (!path.starts_with(home) || !path.ends_with(kMergedFolder))
    return std::nullopt;
  path.remove_prefix(home.size());
  path.remove_suffix(std::min(kMergedFolder.size(), path.size()));
  if (!IsStorageId(path)) return std::nullopt;
  return std::string(path);
}

std::optional<std::string> MergedLayer(
    std::string_view path, const std::vector<std::string>& spellings) {
  for (const std::string& root : spellings) {
    if (auto layer = MergedLayer(path, root)) return layer;
  }
  return std::nullopt;
}

Error Unverified(const std::string& source, const std::string& destination) {
  return Fail(Reason::kSubjectVolume,
              Printable(source) + " at " + Printable(destination));
}

}  // namespace

Result<std::vector<StorageVolume>> FindStorageVolumes(
    const ProcessSpec& process, const std::string& root,
    const std::vector<std::string>& roots) {
  std::vector<StorageVolume> volumes;
  const auto own = Spellings({root});
  const auto all = Spellings(roots);
  for (const BindMount& bind : process.binds) {
    if (IsOfAnImage(bind.source, all)) {
      return Unverified(bind.source, bind.destination);
    }
  }
  for (const OverlayMount& overlay : process.overlays) {
    bool topmost = true;
    for (const std::string& folder : overlay.lower_folders) {
      if (IsOfAnImage(folder, all)) {
        auto layer = MergedLayer(folder, own);
        if (!layer || !topmost) return Unverified(folder, overlay.destination);
        volumes.push_back({overlay.destination, *std::move(layer)});
      }
      topmost = false;
    }
  }
  return volumes;
}

}  // namespace assay
