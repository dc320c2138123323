// EnvelopeSigner: what all signers have in common that judge Notary Project
// envelopes, whoever gives the terms.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_SIGNER_H_
#define ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_SIGNER_H_

#include <span>

#include "core/schemes/notation/notation_terms.h"
#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"

namespace assay {

class EnvelopeSigner : public Signer {
 public:
  using Signer::Signer;

  EvidencePlaces Places() const override;
  // Envelopes are signatures of images and nothing else.
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const final;

 protected:
  // Verify where signatures count.
  virtual void VerifySignatures(const SigningTarget& target,
                                std::span<const UntrustedArtifact> artifacts,
                                Findings& findings) const = 0;

  // Every envelope under one set of terms, in a window of the policy's; once,
  // however many artifacts hold the same one.
  void VerifyUnder(const NotationTerms& terms, const SignerWindow& window,
                   const SigningTarget& target,
                   std::span<const UntrustedArtifact> artifacts,
                   Findings& findings) const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_SIGNER_H_
