// Image manifests and indexes, OCI and Docker schema 2 (OCI image
// specification, manifest.md and image-index.md). Parsed once from bytes whose
// digest the caller has checked, or together with it by the functions that
// take a digest. A document that could be read as both kinds is refused.
#ifndef ASSAY_CORE_SUBJECT_MANIFEST_H_
#define ASSAY_CORE_SUBJECT_MANIFEST_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/subject/descriptor.h"

namespace assay {

struct ImageManifest {
  std::string media_type;
  std::string artifact_type;  // "" when absent
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;  // what this artifact refers to
  std::map<std::string, std::string> annotations;

  // Errors: kManifestMalformed, kManifestUnsupported (schema 1, foreign media
  // type), kTooLarge and those of Json::Parse.
  static Result<ImageManifest> Parse(std::string_view bytes);
};

struct ImageIndex {
  std::string media_type;
  std::vector<Descriptor> manifests;
  std::map<std::string, std::string> annotations;

  static Result<ImageIndex> Parse(std::string_view bytes);

  bool Lists(const Digest& manifest) const;
};

enum class DocumentKind : std::uint8_t { kUnknown = 0, kManifest, kIndex };

// What a document says it is, by its own mediaType and members; kUnknown when
// it is neither or both.
DocumentKind KindOf(const Json& document);

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_MANIFEST_H_
