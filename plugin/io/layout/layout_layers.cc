#include "io/layout/layout_layers.h"

#include <set>

namespace assay {

Status LayoutLayers::Check(const ImageManifest& manifest,
                           const std::string& /*blob_dir*/, Deadline deadline) {
  std::uint64_t all = 0;
  for (const Descriptor& layer : manifest.layers) {
    all += static_cast<std::uint64_t>(layer.size);
  }
  std::uint64_t done = 0;
  std::set<Digest> seen;
  for (const Descriptor& layer : manifest.layers) {
    if (!seen.insert(layer.digest).second) {
      done += static_cast<std::uint64_t>(layer.size);
      continue;
    }
    const auto intact =
        image_.CheckLayer(layer, deadline, [&](std::uint64_t bytes) {
          done += bytes;
          if (progress_) progress_(done, all);
        });
    if (!intact) return intact;
  }
  return Ok();
}

}  // namespace assay
