// Signers of type `sigstore-key`: images signed by cosign, podman or skopeo
// with a key pair. Both the legacy form and the bundle form are read, and each
// candidate stands alone: a bad one never hides a good one.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_

#include <memory>
#include <string>

#include "core/schemes/signer.h"
#include "core/schemes/sigstore/key_policy.h"

namespace assay {

inline constexpr std::string_view kSigstoreKeyType = "sigstore-key";

class SigstoreKeySigner final : public Signer {
 public:
  SigstoreKeySigner(std::string name, SigstoreKeyPolicy policy)
      : Signer(std::move(name), std::string(kSigstoreKeyType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, keys, hash, padding, annotations, identity,
  // signed_repository, valid_from, valid_until. What concerns transparency
  // logs is refused as kPolicyUnsupported. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  void VerifyLegacy(const SigningTarget& target,
                    const UntrustedArtifact& artifact,
                    Findings& findings) const;
  void VerifyBundle(const SigningTarget& target,
                    const UntrustedArtifact& artifact,
                    Findings& findings) const;
  void Record(const UntrustedArtifact& artifact, Result<KeyMatch> match,
              Findings& findings) const;

  SigstoreKeyPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEY_SIGNER_H_
