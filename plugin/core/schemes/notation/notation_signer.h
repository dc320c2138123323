// Signers of type `notation`: images signed by `notation sign` and everybody
// who follows the Notary Project's specifications, in JWS or COSE envelopes
// that refer to the image.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_
#define ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/notation/envelope_signer.h"
#include "core/schemes/notation/notation_terms.h"
#include "core/schemes/signer_window.h"

namespace assay {

inline constexpr std::string_view kNotationType = "notation";

class NotationSigner final : public EnvelopeSigner {
 public:
  NotationSigner(std::string name, NotationTerms terms, SignerWindow window)
      : EnvelopeSigner(std::move(name), std::string(kNotationType)),
        terms_(std::move(terms)),
        window_(window) {}

  // Keys of the table: type, trust_store, signing_authorities,
  // timestamp_authorities, verify_timestamp ("always", "after-expiry"),
  // identities, valid_from, valid_until. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  std::string Summary() const override;
  std::vector<std::string> Warnings() const override;

 private:
  void VerifySignatures(const SigningTarget& target,
                        std::span<const UntrustedArtifact> artifacts,
                        Findings& findings) const override;
  NotationTerms terms_;
  SignerWindow window_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_NOTATION_SIGNER_H_
