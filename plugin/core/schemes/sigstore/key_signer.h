// Signers of type `sigstore-key`: images signed by cosign, podman or skopeo
// with a key pair. Both the legacy form and the bundle form are read, and each
// candidate stands alone: a bad one never hides a good one.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_

#include <memory>
#include <string>

#include "core/schemes/keyring.h"
#include "core/schemes/signer.h"
#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {

inline constexpr std::string_view kSigstoreKeyType = "sigstore-key";

struct SigstoreKeyPolicy {
  Keyring keyring;
  ClaimPolicy claims;
  TransparencyPolicy transparency;
};

class SigstoreKeySigner final : public Signer {
 public:
  SigstoreKeySigner(std::string name, SigstoreKeyPolicy policy)
      : Signer(std::move(name), std::string(kSigstoreKeyType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, keys, hash, padding, valid_from, valid_until,
  // annotations, identity, signed_repository, trusted_root, transparency. Null
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
  // Which key signed which of the image's digests.
  struct Match {
    const TrustedKey* key = nullptr;  // borrowed from the Keyring; never null
    Digest target;
  };

  Result<Match> Judge(const SigningTarget& target,
                      const Candidate& candidate) const;

  SigstoreKeyPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
