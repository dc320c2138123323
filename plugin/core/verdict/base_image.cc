#include "core/verdict/base_image.h"

#include <algorithm>
#include <utility>

namespace assay {

Result<BaseImage> BaseImage::Open(UntrustedBase base) {
  const Digest& digest = base.manifest.digest;
  if (!digest.Matches(base.manifest.bytes)) {
    return Fail(Reason::kManifestDigestMismatch, digest.str());
  }
  auto manifest = ImageManifest::Parse(base.manifest.bytes);
  if (!manifest) return WithContext(manifest.error(), digest.str());
  if (!manifest->config.digest.Matches(base.config)) {
    return Fail(Reason::kConfigDigestMismatch, manifest->config.digest.str());
  }
  auto config = ImageConfig::Parse(base.config);
  if (!config) {
    return WithContext(config.error(), manifest->config.digest.str());
  }
  BaseImage opened{
      {digest, *std::move(manifest), {}}, std::move(config->diff_ids), {}};
  opened.documents.emplace(digest, std::move(base.manifest.bytes));
  for (UntrustedDocument& one : base.indexes) {
    if (!one.digest.Matches(one.bytes)) continue;
    const auto index = ImageIndex::Parse(one.bytes);
    if (!index || !index->Lists(opened.image.manifest)) continue;
    opened.image.indexes.push_back(one.digest);
    opened.documents.emplace(one.digest, std::move(one.bytes));
  }
  return opened;
}

std::vector<Digest> BaseImage::SignableDigests() const {
  std::vector<Digest> digests = {image.manifest};
  digests.insert(digests.end(), image.indexes.begin(), image.indexes.end());
  return digests;
}

bool LiesBelow(const std::vector<Digest>& base,
               const std::vector<Digest>& image) {
  return !base.empty() && base.size() <= image.size() &&
         std::equal(base.begin(), base.end(), image.begin());
}

}  // namespace assay
