#include "io/containerd/cri_record.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

Error Unproven(std::string_view what) {
  return Fail(Reason::kSubjectConfigUnproven,
              "CRI record: " + std::string(what));
}

std::string Text(const Json* parent, std::string_view key) {
  const std::string* text =
      parent == nullptr ? nullptr : parent->FindString(key);
  return text == nullptr ? std::string() : *text;
}

const Json* Member(const Json* parent, std::string_view key) {
  return parent == nullptr ? nullptr : parent->Find(key);
}

// Kubelet passes the image's id where it has resolved the name itself; an id
// reads like the name "docker.io/library/sha256:...", so it is told apart.
bool IsImageId(std::string_view text) {
  if (Digest::Parse(text)) return true;
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Of the CRI's ImageSpec.
std::string RequestedName(const Json* image) {
  const std::string asked = Text(image, "user_specified_image");
  if (!asked.empty()) return asked;
  const std::string given = Text(image, "image");
  return IsImageId(given) ? std::string() : given;
}

Result<std::vector<CriImageVolume>> ImageVolumes(const Json* config) {
  std::vector<CriImageVolume> volumes;
  const Json* mounts = Member(config, "mounts");
  if (mounts == nullptr || mounts->IsNull()) return volumes;
  const Json::Array* entries = mounts->AsArray();
  if (entries == nullptr) return Unproven("mounts is no list");
  for (const Json& entry : *entries) {
    const Json* image = entry.Find("image");
    if (image == nullptr || image->IsNull()) continue;
    volumes.push_back({.container_path = Text(&entry, "container_path"),
                       .image = Text(image, "image"),
                       .requested = RequestedName(image)});
  }
  return volumes;
}

}  // namespace

Result<CriContainer> CriContainer::Parse(std::string_view json) {
  auto document = Json::Parse(json, limits::kRuntimeRecordBytes);
  if (!document) return Unproven(document.error().detail);
  const Json* metadata = document->Find("Metadata");
  const Json* config = Member(metadata, "Config");
  auto image_ref = Digest::Parse(Text(metadata, "ImageRef"));
  if (!image_ref) return Unproven("ImageRef is no digest");
  auto volumes = ImageVolumes(config);
  if (!volumes) return volumes.error();
  return CriContainer{
      .id = Text(metadata, "ID"),
      .sandbox_id = Text(metadata, "SandboxID"),
      .name = Text(Member(config, "metadata"), "name"),
      .image_ref = *std::move(image_ref),
      .requested = RequestedName(Member(config, "image")),
      .image_volumes = *std::move(volumes),
  };
}

Result<CriSandbox> CriSandbox::Parse(std::string_view json) {
  auto document = Json::Parse(json, limits::kRuntimeRecordBytes);
  if (!document) return Unproven(document.error().detail);
  const Json* metadata = document->Find("Metadata");
  const Json* pod = Member(Member(metadata, "Config"), "metadata");
  // Without it the pod would look like one that is in no namespace.
  if (pod == nullptr || pod->AsObject() == nullptr) {
    return Unproven("the sandbox's record names no pod");
  }
  return CriSandbox{.id = Text(metadata, "ID"),
                    .pod = Text(pod, "name"),
                    .pod_namespace = Text(pod, "namespace")};
}

}  // namespace assay
