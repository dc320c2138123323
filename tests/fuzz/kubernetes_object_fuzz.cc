// Property: what is read of an object of Kubernetes is entries with names that
// volumes have and nothing private; YAML is read as the JSON that it stands
// for; what an API server says is about the object that was asked for; and what
// anybody may see of it is nothing besides.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/yaml.h"
#include "core/schemes/kubernetes_object.h"
#include "io/kubernetes/cluster_wire.h"
#include "io/kubernetes/public_material.h"

namespace {

using assay::ClusterObject;
using assay::Json;
using Files = assay::Result<std::vector<assay::TrustFile>>;

const ClusterObject kAsked{assay::ClusterKind::kSecret, "prod", "release"};

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckFiles(const Files& files) {
  if (!files) return;
  Require(!files->empty());
  for (const auto& file : *files) {
    const std::string_view name = std::string_view(file.path).substr(2);
    Require(file.path.starts_with("f#") && assay::IsVolumeEntry(name));
    Require(!name.ends_with(".key") && !name.ends_with(".password"));
    Require(file.bytes.find("PRIVATE KEY-----") == std::string::npos);
    Require(file.bytes.find("PRIVATE KEY BLOCK-----") == std::string::npos);
  }
}

// Such a text is JSON or nothing, however YAML would read it.
bool IsMeantAsJson(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '{';
}

bool Same(const Files& one, const Files& two) {
  if (!one || !two) {
    return !one && !two && one.error().reason == two.error().reason;
  }
  return std::equal(one->begin(), one->end(), two->begin(), two->end(),
                    [](const auto& a, const auto& b) {
                      return a.path == b.path && a.bytes == b.bytes;
                    });
}

void CheckObject(const Json& object) {
  const Json* metadata = object.Find("metadata");
  Require(*object.FindString("kind") == "Secret");
  Require(*object.FindString("apiVersion") == "v1");
  Require(*metadata->FindString("name") == kAsked.name);
  Require(*metadata->FindString("namespace") == kAsked.name_space);
}

void CheckPublic(std::string_view text) {
  const std::string more = std::string(text) + "\nPASSPHRASE";
  Require(!assay::IsPublicMaterial(text) || !assay::IsPublicMaterial(more));
}

void CheckVersion(const std::string& version) {
  Require(!version.empty() &&
          version.find_first_of("&?#% \r\n") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckPublic(text);
  for (const auto* item : {"", "a.pub", "a/a.pub"}) {
    const auto files = assay::ReadKubernetesObject(text, "f", item);
    CheckFiles(files);
    if (IsMeantAsJson(text)) continue;
    const auto yaml = assay::ParseYaml(text);
    if (!yaml || yaml->AsObject() == nullptr) continue;
    Require(Same(files, assay::ReadKubernetesObject(yaml->Dump(), "f", item)));
  }
  if (const auto listed = assay::ReadObjectList(text, kAsked)) {
    CheckVersion(listed->version);
    if (listed->object) CheckObject(*listed->object);
  }
  const auto event = assay::ReadObjectEvent(text, kAsked);
  if (!event) return 0;
  const bool expired = event->kind == assay::ObjectEvent::Kind::kExpired;
  Require(event->version.empty() == expired);
  if (!expired) CheckVersion(event->version);
  if (event->object) CheckObject(*event->object);
  return 0;
}
