#include "core/schemes/sigstore/sigstore_signer.h"

namespace assay {

EvidencePlaces SigstoreSigner::Places() const {
  EvidencePlaces places;
  places.cosign_tag = true;
  places.referrers = true;
  return places;
}

void SigstoreSigner::Verify(const SigningTarget& target,
                            std::span<const UntrustedArtifact> artifacts,
                            Findings& findings) const {
  VisitCandidates(
      artifacts, target.digests,
      [&](const std::string& where, const Result<Candidate>& candidate) {
        auto match = candidate ? Judge(target, *candidate)
                               : Result<Match>(candidate.error());
        if (match) {
          findings.verified.push_back(Verified(std::move(match->identity),
                                               std::move(match->target), where,
                                               match->until));
        } else {
          findings.failed.push_back({name(), where, match.error()});
        }
      });
}

}  // namespace assay
