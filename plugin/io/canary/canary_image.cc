#include "io/canary/canary_image.h"

#include <array>
#include <random>
#include <utility>

#include "base/json.h"
#include "core/subject/descriptor.h"

namespace assay {
namespace {

constexpr std::string_view kLayerType =
    "application/vnd.oci.image.layer.v1.tar";
constexpr std::string_view kConfigType =
    "application/vnd.oci.image.config.v1+json";
// The end of a tar archive, and nothing before it. What follows is not read,
// but hashed, so that no other image has this layer.
constexpr std::size_t kEmptyTar = 1024;

std::string RandomTag() {
  std::random_device random;
  std::string tag;
  for (int i = 0; i < 16; ++i) tag += "0123456789abcdef"[random() % 16];
  return tag;
}

CanaryBlob MakeBlob(std::string_view media_type, std::string bytes) {
  Digest digest = Digest::Of(bytes);
  return {std::string(media_type), std::move(bytes), std::move(digest)};
}

Json DescriptorOf(const CanaryBlob& blob) {
  return Json(Json::Object{
      {"mediaType", Json(blob.media_type)},
      {"digest", Json(blob.digest.str())},
      {"size", Json(static_cast<std::int64_t>(blob.bytes.size()))},
  });
}

Json ConfigOf(const CanaryBlob& layer, const std::string& tag) {
  const Platform host = HostPlatform();
  return Json(Json::Object{
      {"os", Json(host.os)},
      {"architecture", Json(host.architecture)},
      {"config",
       Json(Json::Object{
           {"Entrypoint", Json(Json::Array{Json(std::string(kCanaryProgram))})},
           {"Labels", Json(Json::Object{{"assay.canary", Json(tag)}})},
       })},
      {"rootfs", Json(Json::Object{
                     {"type", Json(std::string("layers"))},
                     {"diff_ids", Json(Json::Array{Json(layer.digest.str())})},
                 })},
  });
}

}  // namespace

CanaryImage CanaryImage::Make() {
  const std::string tag = RandomTag();
  CanaryBlob layer = MakeBlob(kLayerType, std::string(kEmptyTar, '\0') + tag);
  CanaryBlob config = MakeBlob(kConfigType, ConfigOf(layer, tag).Dump());
  const Json manifest(Json::Object{
      {"schemaVersion", Json(std::int64_t{2})},
      {"mediaType", Json(std::string(kOciManifest))},
      {"config", DescriptorOf(config)},
      {"layers", Json(Json::Array{DescriptorOf(layer)})},
  });
  return {tag, std::move(layer), std::move(config),
          MakeBlob(kOciManifest, manifest.Dump())};
}

}  // namespace assay
