#include "io/registry/registry_resolver.h"

#include "base/limits.h"
#include "core/question/reference_resolution.h"

namespace assay {
namespace {

std::string Wanted(const ReferenceClaim& claim,
                   const std::optional<Digest>& digest) {
  if (digest) return digest->str();
  if (claim.found) return claim.found->str();
  if (claim.reference.digest()) return claim.reference.digest()->str();
  return claim.reference.tag().value_or("latest");
}

bool Contradicts(const ReferenceClaim& claim) {
  const auto& digest = claim.reference.digest();
  return claim.found && digest && *claim.found != *digest;
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
  if (Contradicts(*claim)) {
    return Fail(Reason::kManifestDigestMismatch,
                reference.str() + " is not " + claim->found->str());
  }
  return ResolveReference(
      *claim,
      [&](const std::optional<Digest>& digest) -> Result<ReferenceDocument> {
        auto fetched =
            client_.FetchOne({FetchKind::kManifest, reference,
                              Wanted(*claim, digest), limits::kManifestBytes},
                             question.deadline);
        if (!fetched) return Renamed(fetched.error());
        if (!fetched->digest) return Fail(Reason::kInternal, "no digest");
        return ReferenceDocument{*fetched->digest, std::move(fetched->bytes)};
      });
}

}  // namespace assay
