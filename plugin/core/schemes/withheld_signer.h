// WithheldSigner: stands for a signer whose keys are not there, such as those
// that a cluster holds no longer. Nothing satisfies it, and it says why; the
// rest of the policy is in force.
#ifndef ASSAY_CORE_SCHEMES_WITHHELD_SIGNER_H_
#define ASSAY_CORE_SCHEMES_WITHHELD_SIGNER_H_

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/schemes/signer.h"

namespace assay {

class WithheldSigner final : public Signer {
 public:
  // `attests`: whether it would sign statements.
  WithheldSigner(std::string name, std::string scheme, bool attests, Error why)
      : Signer(std::move(name), std::move(scheme)),
        attests_(attests),
        why_(std::move(why)) {}

  // Nothing is looked for.
  EvidencePlaces Places() const override { return {}; }
  std::optional<EvidencePlaces> StatementPlaces() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  bool attests_;
  Error why_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_WITHHELD_SIGNER_H_
