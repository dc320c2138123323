// What signers of cosign's artifacts share, whoever signed: where signatures
// are found, and that each candidate stands alone: a bad one never hides a good
// one.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_

#include <optional>
#include <string>

#include "core/schemes/signer.h"
#include "core/schemes/sigstore/candidate.h"

namespace assay {

class SigstoreSigner : public Signer {
 public:
  using Signer::Signer;

  EvidencePlaces Places() const final;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const final;

 protected:
  // Who signed which of the image's digests, and until when that counts.
  struct Match {
    std::string identity;
    Digest target;
    std::optional<Time> until;
  };

  // Thread-safe, no I/O.
  virtual Result<Match> Judge(const SigningTarget& target,
                              const Candidate& candidate) const = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_SIGSTORE_SIGNER_H_
