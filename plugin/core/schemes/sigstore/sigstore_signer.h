// What signers of cosign's artifacts share, whoever signed: where signatures
// are found, and that each candidate stands alone: a bad one never hides a good
// one. And the same for a single bundle of anything, which is no image's.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_

#include <functional>
#include <optional>
#include <string>

#include "core/schemes/signer.h"
#include "core/schemes/sigstore/candidate.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/witnesses.h"

namespace assay {

// A bundle that holds for an artifact.
struct VerifiedArtifact {
  VerifiedSignature signature;
  Witnesses witnesses;  // none where the signer asks for none
};

class SigstoreSigner : public Signer {
 public:
  using Signer::Signer;

  EvidencePlaces Places() const final;
  std::optional<EvidencePlaces> StatementPlaces() const final;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const final;

  // One bundle as a signature of any artifact: over the artifact itself, or
  // over a statement of any type that names it. `where` is the bundle's place.
  // Errors: those of ReadArtifactBundle, Statement::Parse and of the signer's
  // own checks. Thread-safe, no I/O.
  Result<VerifiedArtifact> VerifyArtifact(const SignedMessage& artifact,
                                          std::string_view bundle,
                                          const std::string& where,
                                          Time now) const;

 protected:
  // Who signed, and until when that counts.
  struct Match {
    std::string identity;
    std::optional<Time> until;
    Witnesses witnesses = {};
  };
  // Looks at what the candidate says: no signer does so himself, and none calls
  // it before the signature over those bytes has been verified.
  using ReadClaim = std::function<Status()>;

  // Thread-safe, no I/O.
  virtual Result<Match> Judge(const Candidate& candidate, Time now,
                              const ReadClaim& read) const = 0;
  // What the signer asks of what is signed about an image.
  virtual const ClaimPolicy& claims() const = 0;

 private:
  void VerifyOne(const SigningTarget& target, const FoundCandidate& found,
                 Findings& findings) const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_
