#include "io/evidence/stored_base.h"

#include <utility>

#include "core/subject/image_config.h"
#include "io/evidence/kept_documents.h"

namespace assay {
namespace {

constexpr std::string_view kConfigType =
    "application/vnd.oci.image.config.v1+json";
// The layers, in this order; indexes follow.
constexpr std::size_t kManifestLayer = 0;
constexpr std::size_t kConfigLayer = 1;

std::vector<UntrustedBlob> BlobsOf(const UntrustedBase& base) {
  std::vector<UntrustedBlob> blobs;
  blobs.push_back(
      KeptDocument(kOciManifest, base.manifest.digest, base.manifest.bytes));
  const auto manifest = ImageManifest::Parse(base.manifest.bytes);
  blobs.push_back(KeptDocument(
      kConfigType, manifest ? manifest->config.digest : Digest::Of(base.config),
      base.config));
  for (const UntrustedDocument& index : base.indexes) {
    blobs.push_back(KeptDocument(kOciIndex, index.digest, index.bytes));
  }
  return blobs;
}

}  // namespace

FoundArtifact StoreAsArtifact(const Digest& image, const Reference& name,
                              const UntrustedBase& base, Time now) {
  FoundArtifact kept =
      KeepDocuments(ArtifactOrigin::kBaseImage, kStoredBaseType, BlobsOf(base),
                    {{kBaseNameAnnotation, name.str()}});
  kept.target = image;
  kept.where = name.Repository() + "@" + base.manifest.digest.str();
  kept.fetched_at = now;
  return kept;
}

std::optional<UntrustedBase> ReadStoredBase(const UntrustedArtifact& artifact) {
  if (artifact.origin != ArtifactOrigin::kBaseImage || !artifact.manifest ||
      artifact.manifest->artifact_type != kStoredBaseType ||
      artifact.blobs.size() <= kConfigLayer) {
    return std::nullopt;
  }
  const auto document = [&](std::size_t at) {
    const UntrustedBlob& blob = artifact.blobs[at];
    return UntrustedDocument{blob.descriptor.digest, blob.bytes};
  };
  UntrustedBase base{{},
                     document(kManifestLayer),
                     artifact.blobs[kConfigLayer].bytes,
                     {},
                     true};
  for (std::size_t i = kConfigLayer + 1; i < artifact.blobs.size(); ++i) {
    base.indexes.push_back(document(i));
  }
  const auto& annotations = artifact.manifest->annotations;
  if (const auto text = annotations.find(kBaseNameAnnotation);
      text != annotations.end()) {
    if (auto name = Reference::Parse(text->second)) {
      base.names.push_back(*std::move(name));
    }
  }
  return base;
}

std::vector<Digest> SignableOfBase(const ImageManifest& stored) {
  std::vector<Digest> digests;
  if (stored.artifact_type != kStoredBaseType) return digests;
  for (std::size_t i = 0; i < stored.layers.size(); ++i) {
    if (i != kConfigLayer) digests.push_back(stored.layers[i].digest);
  }
  return digests;
}

}  // namespace assay
