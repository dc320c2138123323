#include "io/layout/layout_resolver.h"

#include "base/limits.h"
#include "core/question/reference_resolution.h"
#include "core/subject/image_config.h"

namespace assay {
namespace {

// A blob that is missing or wrong, in the words of what it was to be.
Error Renamed(Error error, Reason missing, Reason tampered) {
  if (error.reason == Reason::kNotFound) error.reason = missing;
  if (error.reason == Reason::kEvidenceTampered) error.reason = tampered;
  return error;
}

// What no rule reads must be there all the same: the image is more than its
// manifest.
Status CheckConfig(const LocalImage& image, const Digest& config) {
  const auto bytes = image.Read(config, limits::kConfigBytes);
  if (!bytes) {
    return Renamed(bytes.error(), Reason::kConfigMissing,
                   Reason::kConfigDigestMismatch);
  }
  const auto parsed = ImageConfig::Parse(*bytes);
  return parsed ? Ok() : Status(parsed.error());
}

// A digest in the name that the image will have.
Status CheckName(const Reference& name, const Subject& subject) {
  if (!name.digest()) return Ok();
  for (const Digest& digest : subject.SignableDigests()) {
    if (digest == *name.digest()) return Ok();
  }
  return Fail(Reason::kManifestDigestMismatch,
              name.str() + " is another image than " +
                  subject.images.front().manifest.str());
}

}  // namespace

Result<Subject> LayoutResolver::Resolve(const Question& question) {
  const auto* claim = std::get_if<ReferenceClaim>(&question.about);
  if (claim == nullptr) {
    return Fail(Reason::kInternal, "a layout resolves references only");
  }
  const auto chosen = image_.Chosen();
  if (!chosen) return chosen.error();
  auto subject = ResolveReference(
      *claim,
      [&](const std::optional<Digest>& digest) -> Result<ReferenceDocument> {
        const Digest& wanted = digest ? *digest : *chosen;
        auto bytes = image_.Read(wanted, limits::kManifestBytes);
        if (!bytes) {
          return Renamed(bytes.error(), Reason::kManifestMissing,
                         Reason::kManifestDigestMismatch);
        }
        return ReferenceDocument{wanted, *std::move(bytes)};
      });
  if (!subject) return subject;
  const Status named = CheckName(claim->reference, *subject);
  if (!named) return named.error();
  const Status config = CheckConfig(image_, subject->config);
  if (!config) return config.error();
  subject->blob_dir = image_.reference().path;
  return subject;
}

}  // namespace assay
