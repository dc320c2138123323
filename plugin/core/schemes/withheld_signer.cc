#include "core/schemes/withheld_signer.h"

#include "base/bytes.h"

namespace assay {

std::optional<EvidencePlaces> WithheldSigner::StatementPlaces() const {
  if (!attests_) return std::nullopt;
  return EvidencePlaces{};
}

std::string WithheldSigner::Summary() const {
  return std::string(Describe(why_.reason).id) + " " + Printable(why_.detail);
}

void WithheldSigner::Verify(const SigningTarget& /*target*/,
                            std::span<const UntrustedArtifact> /*artifacts*/,
                            Findings& findings) const {
  findings.failed.push_back({name(), "the policy", why_});
}

}  // namespace assay
