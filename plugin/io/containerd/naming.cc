#include "io/containerd/naming.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace assay {
namespace {

// Under which docker keeps an image that has lost its name, whatever that was.
// Read as a reference it would be one of docker.io/library.
constexpr std::string_view kDangling = "moby-dangling@";

// The name of an image record; an image id, under which the CRI plugin files
// each image as well, names nothing.
std::optional<Reference> ToName(const std::string& text) {
  if (Digest::Parse(text) || text.starts_with(kDangling)) return std::nullopt;
  auto name = Reference::Parse(text);
  if (!name) return std::nullopt;
  return *std::move(name);
}

// Runtimes drop the tag of a name that has both tag and digest.
Reference WithoutTag(const Reference& name) {
  return name.digest() ? name.WithDigest(*name.digest()) : name;
}

// A digest alone proves nothing about the repository: some record of that
// repository must lead to this image.
bool IsHeldAs(const Reference& requested, const HeldImage& image) {
  const auto name = ToName(image.name);
  if (!name) return false;
  if (WithoutTag(*name) == WithoutTag(requested)) return true;
  return requested.digest() && name->Repository() == requested.Repository() &&
         (*requested.digest() == image.manifest ||
          (image.index && *requested.digest() == *image.index));
}

}  // namespace

Result<std::vector<Reference>> NamesOf(const std::string& requested,
                                       const std::vector<HeldImage>& held) {
  if (const auto asked = ToName(requested);
      asked && std::any_of(held.begin(), held.end(), [&](const auto& image) {
        return IsHeldAs(*asked, image);
      })) {
    return std::vector<Reference>{*asked};
  }
  std::vector<Reference> names;
  for (const HeldImage& image : held) {
    auto name = ToName(image.name);
    if (name && std::find(names.begin(), names.end(), *name) == names.end()) {
      names.push_back(*std::move(name));
    }
  }
  if (names.empty()) return Fail(Reason::kSubjectNoName);
  return names;
}

}  // namespace assay
