// Signers of type `sigstore-keyless`: images signed by an identity to which a
// certificate authority issued a short-lived certificate. It must have been
// valid at every time that logs and time stamps prove for the signature.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_

#include <memory>
#include <string>
#include <vector>

#include "core/schemes/keyring.h"
#include "core/schemes/signer_window.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/signing_identity.h"
#include "core/schemes/sigstore/sigstore_signer.h"
#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {

struct CertifiedSignature;

inline constexpr std::string_view kSigstoreKeylessType = "sigstore-keyless";

struct SigstoreKeylessPolicy {
  std::vector<IdentityMatcher> identities;  // never empty; any may match
  TransparencyPolicy transparency;          // never without a root
  ClaimPolicy claims;
  SignerWindow window;
  KeyUse use = KeyUse::kSigstore;
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
  // Under one trusted root: issuer, then identity, which is `wanted` where the
  // policy names it, then what others attest.
  Result<Witnesses> JudgeUnder(const TrustedRoot& root,
                               const CertifiedSignature& signature,
                               const Status& wanted, Time now) const;
  Status CheckIdentity(const Result<SigningIdentity>& identity) const;

  SigstoreKeylessPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEYLESS_SIGNER_H_
