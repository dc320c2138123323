// Signers of type `sigstore-keyless`: images signed by an identity to which a
// certificate authority issued a short-lived certificate. It must have been
// valid at every time that logs and time stamps prove for the signature.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_

#include <memory>
#include <string>
#include <vector>

#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/signing_identity.h"
#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {

inline constexpr std::string_view kSigstoreKeylessType = "sigstore-keyless";

struct SigstoreKeylessPolicy {
  std::vector<IdentityMatcher> identities;  // never empty; any may match
  TransparencyPolicy transparency;          // never without a root
  ClaimPolicy claims;
  SignerWindow window;
};

class SigstoreKeylessSigner final : public Signer {
 public:
  SigstoreKeylessSigner(std::string name, SigstoreKeylessPolicy policy)
      : Signer(std::move(name), std::string(kSigstoreKeylessType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, identities, trusted_root, transparency,
  // annotations, identity, signed_repository, valid_from, valid_until. Null
  // after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  // Which identity signed which of the image's digests.
  struct Match {
    std::string identity;
    Digest target;
  };

  Result<Match> Judge(const SigningTarget& target,
                      const Candidate& candidate) const;

  SigstoreKeylessPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
