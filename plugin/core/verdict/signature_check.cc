#include "core/verdict/signature_check.h"

#include <algorithm>

namespace assay {

EvidencePlaces PlacesOf(const Requirement& requirement) {
  EvidencePlaces places;
  for (const auto& signer : requirement.Signers()) places.Add(signer->Places());
  return places;
}

Findings VerifyAll(const Requirement& requirement, const SigningTarget& target,
                   std::span<const UntrustedArtifact> artifacts) {
  Findings findings;
  for (const auto& signer : requirement.Signers()) {
    signer->Verify(target, artifacts, findings);
  }
  return findings;
}

std::vector<VerifiedSignature> BoundTo(
    const SignableImage& image, std::span<const VerifiedSignature> verified) {
  std::vector<VerifiedSignature> bound;
  for (const VerifiedSignature& signature : verified) {
    const bool on_index = std::find(image.indexes.begin(), image.indexes.end(),
                                    signature.target()) != image.indexes.end();
    if (on_index || signature.target() == image.manifest) {
      bound.push_back(signature);
    }
  }
  return bound;
}

bool IsUndetermined(const Error& error) {
  return Describe(error.reason).ending == Ending::kUndetermined;
}

bool IsDeeper(const Error& error, const Error& than) {
  return Describe(error.reason).stage > Describe(than.reason).stage;
}

Error WhyNot(Error unmet, const Findings& findings,
             std::span<const Error> failures) {
  for (const Error& failure : failures) {
    if (IsUndetermined(failure)) return failure;
  }
  // A signer that could not tell might have been the one that is missing.
  for (const FailedCheck& check : findings.failed) {
    if (IsUndetermined(check.error)) {
      return WithContext(check.error, check.signer + ", " + check.where);
    }
  }
  if (!findings.verified.empty() || IsUndetermined(unmet)) return unmet;
  Error deepest = Fail(Reason::kNoSignature);
  for (const Error& failure : failures) {
    if (IsDeeper(failure, deepest)) deepest = failure;
  }
  for (const FailedCheck& check : findings.failed) {
    if (IsDeeper(check.error, deepest)) {
      deepest = WithContext(check.error, check.where);
    }
  }
  return deepest;
}

}  // namespace assay
