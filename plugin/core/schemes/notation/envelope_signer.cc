#include "core/schemes/notation/envelope_signer.h"

#include "base/limits.h"
#include "core/schemes/notation/judgement.h"

namespace assay {

EvidencePlaces EnvelopeSigner::Places() const {
  EvidencePlaces places;
  places.referrers = true;
  return places;
}

void EnvelopeSigner::VerifyUnder(const NotationTerms& terms,
                                 const SignerWindow& window,
                                 const SigningTarget& target,
                                 std::span<const UntrustedArtifact> artifacts,
                                 Findings& findings) const {
  const auto fail = [&](const UntrustedArtifact& artifact, Error why) {
    findings.failed.push_back({name(), artifact.where, std::move(why)});
  };
  std::size_t left = limits::kSignaturesTried;
  for (const UntrustedArtifact& artifact : artifacts) {
    if (!IsNotation(artifact)) continue;
    if (left-- == 0) {
      fail(artifact, Fail(Reason::kEvidenceTooMany, "signatures of an image"));
      return;
    }
    auto judged = JudgeArtifact(terms, target, artifact);
    const Status open = window.Judge(target.now);
    if (!judged || !open) {
      fail(artifact, judged ? open.error() : judged.error());
      continue;
    }
    for (Error& noted : judged->noted) {
      fail(artifact, WithContext(std::move(noted), "only noted"));
    }
    findings.verified.push_back(
        Verified(std::move(judged->identity), std::move(judged->target),
                 artifact.where, Earlier(window.until, judged->valid_until)));
  }
}

}  // namespace assay
