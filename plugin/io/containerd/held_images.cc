#include "io/containerd/held_images.h"

#include <algorithm>
#include <iterator>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr int kIndexDepth = 3;  // an index may list indexes

struct Walk {
  ContentStore& store;
  const ImageRecord& record;
  HeldImages& held;

  void Visit(const Digest& digest, const std::optional<Digest>& index,
             int depth) {
    auto links = store.Links(digest);
    if (!links) {
      const bool elsewhere =
          index && links.error().reason == Reason::kManifestMissing;
      if (!elsewhere) Break(links.error());
      return;
    }
    if ((*links)->kind == DocumentKind::kManifest) {
      held.images.push_back(
          {record.name, record.updated, digest, *(*links)->config, index});
    } else if ((*links)->kind == DocumentKind::kIndex && depth < kIndexDepth) {
      for (const Digest& entry : (*links)->manifests) {
        Visit(entry, digest, depth + 1);
      }
    }
  }

  void Break(const Error& error) {
    if (!held.broken) {
      held.broken = WithContext(error, Printable(record.name));
    }
  }
};

template <typename Predicate>
std::vector<HeldImage> Select(const std::vector<HeldImage>& images,
                              Predicate wanted) {
  std::vector<HeldImage> selected;
  std::copy_if(images.begin(), images.end(), std::back_inserter(selected),
               wanted);
  return selected;
}

}  // namespace

HeldImages FollowAll(ContentStore& store,
                     const std::vector<ImageRecord>& records) {
  HeldImages held;
  for (const ImageRecord& record : records) {
    Walk walk{store, record, held};
    if (auto target = Digest::Parse(record.target)) {
      walk.Visit(*target, std::nullopt, 0);
    } else {
      walk.Break(target.error());
    }
  }
  return held;
}

std::vector<HeldImage> ThatHold(const std::vector<HeldImage>& images,
                                const Digest& config) {
  return Select(images,
                [&](const HeldImage& image) { return image.config == config; });
}

std::vector<HeldImage> ThatAreNamed(const std::vector<HeldImage>& images,
                                    const std::string& name) {
  return Select(images,
                [&](const HeldImage& image) { return image.name == name; });
}

}  // namespace assay
