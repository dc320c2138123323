// Signers of type `sigstore-keyless`: images signed by an identity to which a
// certificate authority issued a short-lived certificate. It must have been
// valid at every time that logs and time stamps prove for the signature.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_

#include <memory>
#include <string>
#include <vector>

#include "core/schemes/signer_window.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/signing_identity.h"
#include "core/schemes/sigstore/sigstore_signer.h"
#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {

inline constexpr std::string_view kSigstoreKeylessType = "sigstore-keyless";

struct SigstoreKeylessPolicy {
  std::vector<IdentityMatcher> identities;  // never empty; any may match
  TransparencyPolicy transparency;          // never without a root
  ClaimPolicy claims;
  SignerWindow window;
};

class SigstoreKeylessSigner final : public SigstoreSigner {
 public:
  SigstoreKeylessSigner(std::string name, SigstoreKeylessPolicy policy)
      : SigstoreSigner(std::move(name), std::string(kSigstoreKeylessType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, identities, trusted_root, transparency,
  // annotations, identity, signed_repository, valid_from, valid_until. Null
  // after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  std::string Summary() const override;

 private:
  Result<Match> Judge(const Candidate& candidate, Time now,
                      const ReadClaim& read) const override;
  const ClaimPolicy& claims() const override { return policy_.claims; }
  // Who is said to have signed; borrowed.
  struct Claimed {
    const Certificate& leaf;
    const std::vector<Certificate>& hints;
    const Status& wanted;  // whether the policy names the leaf's identity
  };

  // Under one trusted root: issuer, then identity, then what others attest.
  Result<Witnesses> JudgeUnder(const TrustedRoot& root,
                               const LoggedSignature& logged,
                               const Claimed& claimed, Time now) const;
  Status CheckIdentity(const Result<SigningIdentity>& identity) const;

  SigstoreKeylessPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
