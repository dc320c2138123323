// Images as builders make them, from the names of their layers: the documents
// alone, no layer bytes.
#ifndef ASSAY_TESTS_SUPPORT_BUILT_IMAGE_H_
#define ASSAY_TESTS_SUPPORT_BUILT_IMAGE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "core/verdict/base_source.h"

namespace assay::test {

using Claims = std::map<std::string, std::string>;

struct BuiltImage {
  std::string config;
  std::string manifest;

  Digest digest() const { return Digest::Of(manifest); }
  // An index that lists it, and nothing else.
  std::string Index() const;
  UntrustedBase AsBase(const std::vector<std::string>& names) const;
};

inline Json ToObject(const Claims& claims) {
  Json::Object object;
  for (const auto& [key, value] : claims) object.emplace(key, Json(value));
  return Json(std::move(object));
}

inline Json Points(std::string_view type, std::string_view bytes) {
  return Json(Json::Object{
      {"mediaType", Json(std::string(type))},
      {"digest", Json(Digest::Of(bytes).str())},
      {"size", Json(static_cast<std::int64_t>(bytes.size()))},
  });
}

// `tag` makes two images of the same layers differ.
inline BuiltImage Build(const std::vector<std::string>& layers,
                        const Claims& annotations = {},
                        const Claims& labels = {},
                        const std::string& tag = "") {
  Json::Array diff_ids;
  Json::Array blobs;
  for (const std::string& layer : layers) {
    diff_ids.push_back(Json(Digest::Of(layer).str()));
    blobs.push_back(
        Points("application/vnd.oci.image.layer.v1.tar", layer + " packed"));
  }
  BuiltImage image;
  image.config =
      Json(Json::Object{
               {"os", Json(std::string("linux"))},
               {"architecture", Json(std::string("amd64"))},
               {"author", Json(tag)},
               {"config", Json(Json::Object{{"Labels", ToObject(labels)}})},
               {"rootfs",
                Json(Json::Object{{"type", Json(std::string("layers"))},
                                  {"diff_ids", Json(std::move(diff_ids))}})},
           })
          .Dump();
  image.manifest =
      Json(Json::Object{
               {"schemaVersion", Json(std::int64_t{2})},
               {"mediaType", Json(std::string(kOciManifest))},
               {"config", Points("application/vnd.oci.image.config.v1+json",
                                 image.config)},
               {"layers", Json(std::move(blobs))},
               {"annotations", ToObject(annotations)},
           })
          .Dump();
  return image;
}

inline std::string BuiltImage::Index() const {
  return Json(Json::Object{
                  {"schemaVersion", Json(std::int64_t{2})},
                  {"mediaType", Json(std::string(kOciIndex))},
                  {"manifests",
                   Json(Json::Array{Points(kOciManifest, manifest)})},
              })
      .Dump();
}

inline UntrustedBase BuiltImage::AsBase(
    const std::vector<std::string>& names) const {
  UntrustedBase base{{}, {digest(), manifest}, config, {}, false};
  for (const std::string& name : names) {
    base.names.push_back(*Reference::Parse(name));
  }
  return base;
}

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_BUILT_IMAGE_H_
