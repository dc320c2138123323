// Descriptor: what points to content (OCI image specification, descriptor.md).
#ifndef ASSAY_CORE_SUBJECT_DESCRIPTOR_H_
#define ASSAY_CORE_SUBJECT_DESCRIPTOR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

namespace assay {

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;

  friend bool operator==(const Platform&, const Platform&) = default;
};

// The platform this program was built for, in the words of the image
// specification.
Platform HostPlatform();

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;
  std::string artifact_type;                       // "" when absent
  std::map<std::string, std::string> annotations;  // a claim, never trusted
  std::optional<Platform> platform;                // of an index's entry

  // Errors: kManifestMalformed, kDigestMalformed.
  static Result<Descriptor> Read(const Json& json);
};

// The `annotations` member of a document; empty when absent. Errors:
// kManifestMalformed when a value is not a string.
Result<std::map<std::string, std::string>> ReadAnnotations(const Json& json);

// Media types of images, indexes and layers.
inline constexpr std::string_view kOciManifest =
    "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex =
    "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerIndex =
    "application/vnd.docker.distribution.manifest.list.v2+json";

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_DESCRIPTOR_H_
