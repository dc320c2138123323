// Signers of type `openpgp`: simple signing with keys of gpg, as `skopeo copy
// --sign-by`, `podman push --sign-by` and `skopeo standalone-sign` make it. The
// signatures are in a lookaside store, which the signer names or registries.d
// of the node does.
//
// Who signed is a primary key, whichever of its subkeys did: it counts once.
#ifndef ASSAY_CORE_SCHEMES_OPENPGP_OPENPGP_SIGNER_H_
#define ASSAY_CORE_SCHEMES_OPENPGP_OPENPGP_SIGNER_H_

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"
#include "core/schemes/simple_signing/atomic_signature.h"
#include "core/schemes/trust_files.h"

namespace assay {

inline constexpr std::string_view kOpenpgpType = "openpgp";

struct OpenpgpTerms {
  OpenpgpKeyring keyring;
  std::set<std::string> fingerprints;  // of primaries that count; empty = all
  SignerWindow window;
  IdentityMatch identity;
  std::shared_ptr<const LookasideStores> stores;  // not null
  std::vector<std::string> warnings = {};  // about the folders that were read
};

class OpenpgpSigner final : public Signer {
 public:
  OpenpgpSigner(std::string name, OpenpgpTerms terms)
      : Signer(std::move(name), std::string(kOpenpgpType)),
        terms_(std::move(terms)) {}

  // Keys of the table: type, keys, fingerprints, lookaside or registries_d;
  // identity, or one of signed_repository, signed_reference and remap;
  // valid_from, valid_until. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  std::vector<std::string> Warnings() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  bool Counts(const std::string& primary) const {
    return terms_.fingerprints.empty() || terms_.fingerprints.contains(primary);
  }
  Result<AtomicSignature> Judge(const SigningTarget& target,
                                std::string_view message) const;

  OpenpgpTerms terms_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_OPENPGP_OPENPGP_SIGNER_H_
