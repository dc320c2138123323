#include "core/subject/descriptor.h"

#include "base/bytes.h"

namespace assay {
namespace {

Error MalformedDescriptor(std::string_view what) {
  return Fail(Reason::kManifestMalformed, "descriptor: " + std::string(what));
}

// An optional string member: "" when absent, nullptr when of another kind.
const std::string* OptionalString(const Json& json, std::string_view key) {
  static const std::string kEmpty;
  const Json* member = json.Find(key);
  return member == nullptr ? &kEmpty : member->AsString();
}

Result<Platform> ReadPlatform(const Json& json) {
  const std::string* os = OptionalString(json, "os");
  const std::string* architecture = OptionalString(json, "architecture");
  const std::string* variant = OptionalString(json, "variant");
  if (json.AsObject() == nullptr || os == nullptr || architecture == nullptr ||
      variant == nullptr) {
    return MalformedDescriptor("platform");
  }
  return Platform{*os, *architecture, *variant};
}

}  // namespace

Platform HostPlatform() {
#if defined(__x86_64__)
  return {"linux", "amd64", ""};
#elif defined(__aarch64__)
  return {"linux", "arm64", "v8"};
#elif defined(__arm__)
  return {"linux", "arm", "v7"};
#elif defined(__powerpc64__)
  return {"linux", "ppc64le", ""};
#elif defined(__s390x__)
  return {"linux", "s390x", ""};
#elif defined(__riscv)
  return {"linux", "riscv64", ""};
#else
#error "name this platform as the image specification does"
#endif
}

Result<std::map<std::string, std::string>> ReadAnnotations(const Json& json) {
  std::map<std::string, std::string> annotations;
  const Json* member = json.Find("annotations");
  if (member == nullptr || member->IsNull()) return annotations;
  if (member->AsObject() == nullptr) return MalformedDescriptor("annotations");
  for (const auto& [key, value] : *member->AsObject()) {
    if (value.AsString() == nullptr) {
      return MalformedDescriptor("annotation " + Printable(key, 80));
    }
    annotations.emplace(key, *value.AsString());
  }
  return annotations;
}

Result<Descriptor> Descriptor::Read(const Json& json) {
  if (json.AsObject() == nullptr) return MalformedDescriptor("not an object");
  const std::string* media_type = json.FindString("mediaType");
  const std::string* digest_text = json.FindString("digest");
  const std::int64_t* size = json.FindInt("size");
  const std::string* artifact_type = OptionalString(json, "artifactType");
  if (media_type == nullptr) return MalformedDescriptor("mediaType");
  if (digest_text == nullptr) return MalformedDescriptor("digest");
  if (size == nullptr || *size < 0) return MalformedDescriptor("size");
  if (artifact_type == nullptr) return MalformedDescriptor("artifactType");
  auto digest = Digest::Parse(*digest_text);
  if (!digest) return digest.error();
  auto annotations = ReadAnnotations(json);
  if (!annotations) return annotations.error();
  Descriptor descriptor{*media_type,    *std::move(digest),      *size,
                        *artifact_type, *std::move(annotations), std::nullopt};
  const Json* platform = json.Find("platform");
  if (platform == nullptr || platform->IsNull()) return descriptor;
  auto read = ReadPlatform(*platform);
  if (!read) return read.error();
  descriptor.platform = *std::move(read);
  return descriptor;
}

}  // namespace assay
