#include "io/containerd/held_bases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"
#include "core/verdict/base_image.h"
#include "io/containerd/naming.h"

namespace assay {
namespace {

// One manifest with all ways that lead to it.
struct Found {
  bool named = false;      // by the hint
  std::size_t layers = 0;  // of the image, where they lie below
  std::vector<HeldImage> held;
};

bool IsNamed(const HeldImage& image, const BaseRequest& request) {
  if (!request.hint || !request.hint->digest) return false;
  const Digest& digest = *request.hint->digest;
  return image.manifest == digest || (image.index && *image.index == digest);
}

// How many layers of the subject the image accounts for; none if it is no base.
std::size_t LayersBelow(ContentStore& store, const HeldImage& image,
                        const BaseRequest& request) {
  const auto links = store.ConfigLinks(image.config);
  if (!links) return 0;
  const auto& layers = (*links)->diff_ids;
  return LiesBelow(layers, request.config.diff_ids) ? layers.size() : 0;
}

std::vector<Found> Choose(ContentStore& store, const HeldImages& held,
                          const BaseRequest& request) {
  std::map<Digest, Found> by_manifest;
  for (const HeldImage& image : held.images) {
    if (image.manifest == request.image.manifest) continue;
    Found& found = by_manifest[image.manifest];
    if (found.held.empty()) found.layers = LayersBelow(store, image, request);
    found.named = found.named || IsNamed(image, request);
    found.held.push_back(image);
  }
  std::vector<Found> chosen;
  for (auto& [manifest, found] : by_manifest) {
    if (found.named || found.layers > 0) chosen.push_back(std::move(found));
  }
  std::stable_sort(
      chosen.begin(), chosen.end(), [](const Found& a, const Found& b) {
        return std::pair(a.named, a.layers) > std::pair(b.named, b.layers);
      });
  if (chosen.size() > limits::kBaseCandidates) {
    chosen.resize(limits::kBaseCandidates);
  }
  return chosen;
}

Result<UntrustedBase> Read(ContentStore& store,
                           const std::vector<HeldImage>& held) {
  const HeldImage& image = held.front();
  auto manifest = store.Document(image.manifest);
  if (!manifest) return manifest.error();
  auto config = store.Config(image.config);
  if (!config) return config.error();
  UntrustedBase base{{},
                     {image.manifest, *std::move(manifest)},
                     *std::move(config),
                     {},
                     false};
  if (auto names = NamesOf("", held)) base.names = *std::move(names);
  for (const HeldImage& one : held) {
    const bool known =
        !one.index || std::any_of(base.indexes.begin(), base.indexes.end(),
                                  [&](const auto& index) {
                                    return index.digest == *one.index;
                                  });
    if (known) continue;
    if (auto index = store.Document(*one.index)) {
      base.indexes.push_back({*one.index, *std::move(index)});
    }
  }
  return base;
}

}  // namespace

BaseSet BasesAmong(ContentStore& store, const HeldImages& held,
                   const BaseRequest& request) {
  BaseSet set;
  for (const Found& found : Choose(store, held, request)) {
    auto base = Read(store, found.held);
    if (base) {
      set.candidates.push_back(*std::move(base));
    } else {
      set.failures.push_back(base.error());
    }
  }
  return set;
}

}  // namespace assay
