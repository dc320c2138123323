#include "core/subject/manifest.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

Error MalformedManifest(std::string what) {
  return Fail(Reason::kManifestMalformed, std::move(what));
}

// Parses, and refuses what is not `kind`, schema version 2, with a media type
// of `allowed` (absent is fine for OCI documents).
Result<Json> Open(std::string_view bytes, std::size_t most, DocumentKind kind,
                  std::string_view oci, std::string_view docker) {
  auto json = Json::Parse(bytes, most);
  if (!json) return json;
  const std::int64_t* version = json->FindInt("schemaVersion");
  if (version == nullptr) return MalformedManifest("schemaVersion");
  if (*version != 2) {
    return Fail(Reason::kManifestUnsupported,
                "schema version " + std::to_string(*version));
  }
  const Json* media_type = json->Find("mediaType");
  if (media_type != nullptr) {
    const std::string* text = media_type->AsString();
    if (text == nullptr) return MalformedManifest("mediaType");
    if (*text != oci && *text != docker) {
      return Fail(Reason::kManifestUnsupported, Printable(*text));
    }
  }
  if (KindOf(*json) != kind)
    return MalformedManifest("neither manifest nor index, or both");
  return json;
}

std::string MediaTypeOf(const Json& json, std::string_view otherwise) {
  const std::string* text = json.FindString("mediaType");
  return text == nullptr ? std::string(otherwise) : *text;
}

Result<std::vector<Descriptor>> ReadDescriptors(const Json& json,
                                                std::string_view key,
                                                std::size_t most) {
  const Json::Array* array = json.FindArray(key);
  if (array == nullptr) return MalformedManifest(std::string(key));
  if (array->size() > most) {
    return Fail(Reason::kTooLarge, std::to_string(array->size()) + " " +
                                       std::string(key) + ", at most " +
                                       std::to_string(most));
  }
  std::vector<Descriptor> descriptors;
  for (const Json& element : *array) {
    auto descriptor = Descriptor::Read(element);
    if (!descriptor) return WithContext(descriptor.error(), key);
    descriptors.push_back(*std::move(descriptor));
  }
  return descriptors;
}

// An optional descriptor; a JSON null counts as absent.
Status ReadSubject(const Json& json, std::optional<Descriptor>& subject) {
  const Json* member = json.Find("subject");
  if (member == nullptr || member->IsNull()) return Ok();
  auto descriptor = Descriptor::Read(*member);
  if (!descriptor) return WithContext(descriptor.error(), "subject");
  subject = *std::move(descriptor);
  return Ok();
}

}  // namespace

DocumentKind KindOf(const Json& document) {
  const bool manifest =
      document.Find("config") != nullptr || document.Find("layers") != nullptr;
  const bool index = document.Find("manifests") != nullptr;
  const bool schema1 = document.Find("fsLayers") != nullptr ||
                       document.Find("history") != nullptr;
  if (manifest == index || schema1) return DocumentKind::kUnknown;
  const std::string* media_type = document.FindString("mediaType");
  if (media_type != nullptr) {
    const bool says_index =
        *media_type == kOciIndex || *media_type == kDockerIndex;
    const bool says_manifest =
        *media_type == kOciManifest || *media_type == kDockerManifest;
    if (says_index != index || says_manifest != manifest) {
      return DocumentKind::kUnknown;
    }
  }
  return index ? DocumentKind::kIndex : DocumentKind::kManifest;
}

Result<ImageManifest> ImageManifest::Parse(std::string_view bytes) {
  auto json = Open(bytes, limits::kManifestBytes, DocumentKind::kManifest,
                   kOciManifest, kDockerManifest);
  if (!json) return json.error();
  const Json* config_json = json->Find("config");
  if (config_json == nullptr) return MalformedManifest("config");
  auto config = Descriptor::Read(*config_json);
  if (!config) return WithContext(config.error(), "config");
  auto layers = ReadDescriptors(*json, "layers", limits::kLayersPerManifest);
  if (!layers) return layers.error();
  auto annotations = ReadAnnotations(*json);
  if (!annotations) return annotations.error();
  ImageManifest manifest{MediaTypeOf(*json, kOciManifest),
                         "",
                         *std::move(config),
                         *std::move(layers),
                         std::nullopt,
                         *std::move(annotations)};
  if (const Json* type = json->Find("artifactType"); type != nullptr) {
    if (type->AsString() == nullptr) return MalformedManifest("artifactType");
    manifest.artifact_type = *type->AsString();
  }
  if (auto read = ReadSubject(*json, manifest.subject); !read) {
    return read.error();
  }
  return manifest;
}

Result<ImageIndex> ImageIndex::Parse(std::string_view bytes) {
  auto json = Open(bytes, limits::kIndexBytes, DocumentKind::kIndex, kOciIndex,
                   kDockerIndex);
  if (!json) return json.error();
  auto manifests =
      ReadDescriptors(*json, "manifests", limits::kManifestsPerIndex);
  if (!manifests) return manifests.error();
  auto annotations = ReadAnnotations(*json);
  if (!annotations) return annotations.error();
  return ImageIndex{MediaTypeOf(*json, kOciIndex), *std::move(manifests),
                    *std::move(annotations)};
}

bool ImageIndex::Lists(const Digest& manifest) const {
  return std::any_of(
      manifests.begin(), manifests.end(),
      [&](const auto& entry) { return entry.digest == manifest; });
}

}  // namespace assay
