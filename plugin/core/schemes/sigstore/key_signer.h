// Signers of type `sigstore-key`: images signed by cosign, podman or skopeo
// with a key pair, in the legacy form or as a bundle.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_

#include <memory>
#include <string>

#include "core/schemes/keyring.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/sigstore_signer.h"
#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {

inline constexpr std::string_view kSigstoreKeyType = "sigstore-key";

struct SigstoreKeyPolicy {
  Keyring keyring;
  ClaimPolicy claims;
  TransparencyPolicy transparency;
};

class SigstoreKeySigner final : public SigstoreSigner {
 public:
  SigstoreKeySigner(std::string name, SigstoreKeyPolicy policy)
      : SigstoreSigner(std::move(name), std::string(kSigstoreKeyType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, keys, hash, padding, valid_from, valid_until,
  // annotations, identity, signed_repository, trusted_root, transparency. Null
  // after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  std::string Summary() const override;

 private:
  Result<Match> Judge(const Candidate& candidate, Time now,
                      const ReadClaim& read) const override;
  const ClaimPolicy& claims() const override { return policy_.claims; }
  Result<Witnesses> CheckWitnesses(const Candidate& candidate,
                                   const TrustedKey& key, Time now) const;

  SigstoreKeyPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
