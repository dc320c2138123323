#include "io/evidence/stored_base.h"

#include <utility>

#include "core/subject/image_config.h"

namespace assay {
namespace {

constexpr std::string_view kEmptyType = "application/vnd.oci.empty.v1+json";
constexpr std::string_view kEmpty = "{}";
constexpr std::string_view kConfigType =
    "application/vnd.oci.image.config.v1+json";
// The layers, in this order; indexes follow.
constexpr std::size_t kManifestLayer = 0;
constexpr std::size_t kConfigLayer = 1;

Descriptor Describe(std::string_view type, const Digest& digest,
                    std::string_view bytes) {
  return {std::string(type),
          digest,
          static_cast<std::int64_t>(bytes.size()),
          "",
          {},
          std::nullopt};
}

Json ToJson(const Descriptor& descriptor) {
  return Json(Json::Object{
      {"mediaType", Json(descriptor.media_type)},
      {"digest", Json(descriptor.digest.str())},
      {"size", Json(descriptor.size)},
  });
}

std::vector<UntrustedBlob> BlobsOf(const UntrustedBase& base) {
  std::vector<UntrustedBlob> blobs;
  const auto add = [&blobs](std::string_view type, const Digest& digest,
                            const std::string& bytes) {
    blobs.push_back({Describe(type, digest, bytes), bytes});
  };
  add(kOciManifest, base.manifest.digest, base.manifest.bytes);
  const auto manifest = ImageManifest::Parse(base.manifest.bytes);
  add(kConfigType, manifest ? manifest->config.digest : Digest::Of(base.config),
      base.config);
  for (const UntrustedDocument& index : base.indexes) {
    add(kOciIndex, index.digest, index.bytes);
  }
  return blobs;
}

}  // namespace

FoundArtifact StoreAsArtifact(const Digest& image, const Reference& name,
                              const UntrustedBase& base, Time now) {
  std::vector<UntrustedBlob> blobs = BlobsOf(base);
  Json::Array layers;
  for (const UntrustedBlob& blob : blobs) {
    layers.push_back(ToJson(blob.descriptor));
  }
  const Json manifest(Json::Object{
      {"schemaVersion", Json(std::int64_t{2})},
      {"mediaType", Json(std::string(kOciManifest))},
      {"artifactType", Json(std::string(kStoredBaseType))},
      {"config", ToJson(Describe(kEmptyType, Digest::Of(kEmpty), kEmpty))},
      {"layers", Json(std::move(layers))},
      {"annotations",
       Json(Json::Object{{kBaseNameAnnotation, Json(name.str())}})},
  });
  std::string bytes = manifest.Dump();
  const Digest digest = Digest::Of(bytes);
  return {ArtifactOrigin::kBaseImage,
          image,
          name.Repository() + "@" + base.manifest.digest.str(),
          now,
          digest,
          std::move(bytes),
          std::move(blobs)};
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
