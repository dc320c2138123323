#include "io/storage/store_mount.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/bytes.h"
#include "io/storage/store_records.h"

namespace assay {
namespace {

constexpr std::string_view kHome = "overlay/";
constexpr std::size_t kLinkBytes = 64;

Error OtherMount(std::string detail) {
  return Fail(Reason::kSubjectMountMismatch, std::move(detail));
}

std::string OptionOf(const MountEntry& live, const std::string& key) {
  const auto found = live.options.find(key);
  return found == live.options.end() ? std::string() : found->second;
}

// A path as the driver's folder knows it; relative ones are already so.
std::string_view InHome(std::string_view path, const std::string& home) {
  if (path.starts_with(home)) path.remove_prefix(home.size());
  return path;
}

bool IsLink(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
             std::string_view::npos;
}

// What is behind "<container>/mapped/<number>/" and the number; the path itself
// where it does not begin so.
std::string_view WithoutMapping(std::string_view path,
                                const std::string& container,
                                std::string& number) {
  const std::string mapped = container + "/mapped/";
  if (!path.starts_with(mapped)) return path;
  const std::string_view rest = path.substr(mapped.size());
  const std::size_t digits = rest.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || rest[digits] != '/') {
    return path;
  }
  number = rest.substr(0, digits);
  return rest.substr(digits + 1);
}

// The layer that a short link leads to, by both of its ends: the link itself
// and the layer's own note of it.
Result<std::string> LayerOfLink(const StoreFiles& files,
                                const std::string& link) {
  std::error_code failed;
  const std::string target =
      std::filesystem::read_symlink(
          files.root() + "/" + std::string(kHome) + "l/" + link, failed)
          .string();
  constexpr std::string_view kUp = "../";
  constexpr std::string_view kDiff = "/diff";
  if (failed || !target.starts_with(kUp) || !target.ends_with(kDiff)) {
    return OtherMount("the link " + link + " leads to no layer");
  }
  const std::string id =
      target.substr(kUp.size(), target.size() - kUp.size() - kDiff.size());
  if (!IsStorageId(id)) return OtherMount("the link " + link + " is foreign");
  const auto note = files.Read(std::string(kHome) + id + "/link", kLinkBytes);
  if (!note || *note != link) {
    return OtherMount("layer " + id + " does not know the link " + link);
  }
  return id;
}

// Whether a lower folder is the layer `wanted`, the `place`-th from the top.
Status CheckLower(const StoreFiles& files, std::string_view lower,
                  const std::string& container, const std::string& wanted,
                  std::size_t place) {
  const std::string home = files.root() + "/" + std::string(kHome);
  std::string number;
  const std::string_view path =
      WithoutMapping(InHome(lower, home), container, number);
  constexpr std::string_view kLinks = "l/";
  std::string found;
  if (path.starts_with(kLinks) && IsLink(path.substr(kLinks.size()))) {
    auto layer = LayerOfLink(files, std::string(path.substr(kLinks.size())));
    if (!layer) return layer.error();
    found = *std::move(layer);
  } else if (path == "diff" && number == std::to_string(place)) {
    return Ok();  // the container's own view of its place-th layer
  } else {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (path.substr(slash) != "/diff" || !IsStorageId(path.substr(0, slash))) {
      return Fail(Reason::kSubjectStorage,
                  "a lower folder of another form: " + Printable(lower));
    }
    found = path.substr(0, slash);
  }
  if (found == wanted) return Ok();
  return OtherMount("mounted is layer " + found + ", the image has " + wanted);
}

Status CheckKind(const MountEntry& live) {
  if (live.type == "overlay" && live.root == "/") return Ok();
  return Fail(Reason::kSubjectStorage,
              "mounted is " + Printable(live.type) +
                  ", only the kernel's overlay can be bound");
}

Status CheckLowers(const StoreFiles& files, std::string_view lowers,
                   const std::string& container,
                   const std::vector<std::string>& layers) {
  // Folders after two colons hold data alone, under names that only the
  // composefs image above them explains.
  if (lowers.find("::") != std::string_view::npos) {
    return Fail(Reason::kSubjectStorage, "mounted by composefs");
  }
  for (std::size_t place = 0; place < layers.size(); ++place) {
    const bool last = place + 1 == layers.size();
    const std::size_t colon = lowers.find(':');
    if (last != (colon == std::string_view::npos)) {
      return OtherMount("mounted are more or fewer layers than the image has");
    }
    if (Status same = CheckLower(files, lowers.substr(0, colon), container,
                                 layers[layers.size() - 1 - place], place);
        !same) {
      return same;
    }
    lowers.remove_prefix(last ? lowers.size() : colon + 1);
  }
  return Ok();
}

}  // namespace

Status CheckLayersMounted(const StoreFiles& files, const MountEntry& live,
                          const std::string& container,
                          const std::vector<std::string>& layers) {
  if (Status kind = CheckKind(live); !kind) return kind;
  const std::string home = files.root() + "/" + std::string(kHome);
  for (const std::string folder : {"diff", "work"}) {
    const std::string key = folder == "diff" ? "upperdir" : "workdir";
    const std::string value = OptionOf(live, key);
    if (InHome(value, home) != container + "/" + folder) {
      return OtherMount("mounted with " + key + " " + Printable(value) +
                        ", the container's layer is " + container);
    }
  }
  return CheckLowers(files, OptionOf(live, "lowerdir"), container, layers);
}

Status CheckImageMounted(const StoreFiles& files, const MountEntry& live,
                         const std::vector<std::string>& layers) {
  if (Status kind = CheckKind(live); !kind) return kind;
  if (live.options.contains("upperdir")) {
    return OtherMount("the image is mounted writable");
  }
  const std::string& top = layers.back();
  const std::string lowers = OptionOf(live, "lowerdir");
  std::string_view rest = lowers;
  // An overlay has two folders at least.
  const std::string empty =
      ":" + files.root() + "/" + std::string(kHome) + top + "/empty";
  if (layers.size() == 1 && rest.ends_with(empty)) {
    rest.remove_suffix(empty.size());
  }
  return CheckLowers(files, rest, top, layers);
}

}  // namespace assay
