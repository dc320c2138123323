// BaseHint: what an image says about the image it was built upon (OCI image
// specification, annotations.md). A claim: it tells where to look for a base
// and decides nothing.
#ifndef ASSAY_CORE_SUBJECT_BASE_HINT_H_
#define ASSAY_CORE_SUBJECT_BASE_HINT_H_

#include <optional>

#include "core/subject/image_config.h"
#include "core/subject/manifest.h"
#include "core/subject/reference.h"

namespace assay {

inline constexpr const char* kBaseNameAnnotation =
    "org.opencontainers.image.base.name";
inline constexpr const char* kBaseDigestAnnotation =
    "org.opencontainers.image.base.digest";

struct BaseHint {  // at least one is there
  std::optional<Reference> name;
  std::optional<Digest> digest;  // of a manifest or of an index

  // "registry.example.com/base:1 sha256:ab...", as much as there is.
  std::string str() const;
};

// From the manifest's annotations; where they say nothing that can be read,
// from the configuration's labels, which images inherit from their bases.
std::optional<BaseHint> ReadBaseHint(const ImageManifest& manifest,
                                     const ImageConfig& config);

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_BASE_HINT_H_
