// Signers of type `notation`: images signed by `notation sign` and everybody
// who follows the Notary Project's specifications, in JWS or COSE envelopes
// that refer to the image.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_
#define ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/schemes/notation/distinguished_name.h"
#include "core/schemes/notation/envelope.h"
#include "core/schemes/notation/trust_store.h"
#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"

namespace assay {

inline constexpr std::string_view kNotationType = "notation";

struct NotationPolicy {
  TrustStore authorities;            // for the scheme notary.x509
  TrustStore signing_authorities;    // for notary.x509.signingAuthority
  TrustStore timestamp_authorities;  // roots; empty: time stamps do not count
  // Whether a time stamp is asked for while all certificates are valid, too.
  bool always_stamped = true;
  // Any of these; empty: whoever the stores vouch for.
  std::vector<DistinguishedName> identities;
  SignerWindow window;
};

class NotationSigner final : public Signer {
 public:
  NotationSigner(std::string name, NotationPolicy policy)
      : Signer(std::move(name), std::string(kNotationType)),
        policy_(std::move(policy)) {}

  // Keys of the table: type, trust_store, signing_authorities,
  // timestamp_authorities, verify_timestamp ("always", "after-expiry"),
  // identities, valid_from, valid_until. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  Result<VerifiedSignature> Judge(const SigningTarget& target,
                                  const UntrustedArtifact& artifact) const;
  // Whether the policy trusts the chain for the envelope's scheme.
  Status CheckTrust(SigningScheme scheme,
                    std::span<const Certificate> chain) const;
  Status CheckIdentity(const Certificate& leaf) const;
  // That the chain was valid when it counts; until when it is, where it must be
  // valid now.
  Result<std::optional<Time>> CheckTimes(const NotationEnvelope& envelope,
                                         std::span<const Certificate> chain,
                                         Time now) const;

  NotationPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_
