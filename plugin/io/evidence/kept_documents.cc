#include "io/evidence/kept_documents.h"

#include <utility>

namespace assay {
namespace {

constexpr std::string_view kEmptyType = "application/vnd.oci.empty.v1+json";
constexpr std::string_view kEmpty = "{}";

Json ToJson(const Descriptor& descriptor) {
  return Json(Json::Object{
      {"mediaType", Json(descriptor.media_type)},
      {"digest", Json(descriptor.digest.str())},
      {"size", Json(descriptor.size)},
  });
}

}  // namespace

UntrustedBlob KeptDocument(std::string_view type, const Digest& digest,
                           const std::string& bytes) {
  return {{std::string(type),
           digest,
           static_cast<std::int64_t>(bytes.size()),
           "",
           {},
           std::nullopt},
          bytes};
}

FoundArtifact KeepDocuments(
    ArtifactOrigin origin, std::string_view artifact_type,
    std::vector<UntrustedBlob> documents,
    const std::map<std::string, std::string>& annotations) {
  const std::string empty(kEmpty);
  Json::Array layers;
  for (const UntrustedBlob& blob : documents) {
    layers.push_back(ToJson(blob.descriptor));
  }
  Json::Object manifest{
      {"schemaVersion", Json(std::int64_t{2})},
      {"mediaType", Json(std::string(kOciManifest))},
      {"artifactType", Json(std::string(artifact_type))},
      {"config",
       ToJson(KeptDocument(kEmptyType, Digest::Of(empty), empty).descriptor)},
      {"layers", Json(std::move(layers))},
  };
  if (!annotations.empty()) {
    Json::Object members;
    for (const auto& [key, value] : annotations) members[key] = Json(value);
    manifest["annotations"] = Json(std::move(members));
  }
  std::string bytes = Json(std::move(manifest)).Dump();
  const Digest digest = Digest::Of(bytes);
  return {
      origin, digest, "", {}, digest, std::move(bytes), std::move(documents)};
}

}  // namespace assay
