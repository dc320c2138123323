#include "io/registry/registry_resolver.h"

#include "base/limits.h"
#include "core/question/reference_resolution.h"

namespace assay {
namespace {

std::string Wanted(const Reference& reference,
                   const std::optional<Digest>& digest) {
  if (digest) return digest->str();
  if (reference.digest()) return reference.digest()->str();
  return reference.tag().value_or("latest");
}

// A registry without the image itself is not one without its signatures.
Error Renamed(Error error) {
  if (error.reason == Reason::kRegistryNotFound) {
    error.reason = Reason::kManifestMissing;
  }
  return error;
}

}  // namespace

Result<Subject> RegistryResolver::Resolve(const Question& question) {
  const auto* claim = std::get_if<ReferenceClaim>(&question.about);
  if (claim == nullptr) {
    return Fail(Reason::kInternal, "a registry resolves references only");
  }
  const Reference& reference = claim->reference;
  if (question.offline) {
    return Fail(Reason::kRegistryUnreachable,
                "offline: " + reference.str() + " was not asked for");
  }
  return ResolveReference(
      *claim,
      [&](const std::optional<Digest>& digest) -> Result<ReferenceDocument> {
        auto fetched = client_.FetchOne(
            {FetchKind::kManifest, reference, Wanted(reference, digest),
             limits::kManifestBytes},
            question.deadline);
        if (!fetched) return Renamed(fetched.error());
        if (!fetched->digest) return Fail(Reason::kInternal, "no digest");
        return ReferenceDocument{*fetched->digest, std::move(fetched->bytes)};
      });
}

}  // namespace assay
