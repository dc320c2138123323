// Signers of type `dct`: Docker Content Trust, the metadata that a notary
// server (version 1) publishes about a repository. It says which tag is which
// image, signed by keys that a pinned root names; nothing is attached to the
// image itself.
//
// A reference by tag must be what the tag stands for; one by digest must be
// what some tag stands for. docker's own rule decides who may say so:
// targets/releases, then the targets, and nobody else.
#ifndef ASSAY_CORE_SCHEMES_DCT_DCT_SIGNER_H_
#define ASSAY_CORE_SCHEMES_DCT_DCT_SIGNER_H_

#include <memory>
#include <string>

#include "core/schemes/dct/judge.h"
#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"

namespace assay {

inline constexpr std::string_view kDctType = "dct";

class DctSigner final : public Signer {
 public:
  // `at` as in TrustDataPlace.
  DctSigner(std::string name, std::shared_ptr<const dct::Judge> judge,
            std::string at, const SignerWindow& window)
      : Signer(std::move(name), std::string(kDctType)),
        judge_(std::move(judge)),
        at_(std::move(at)),
        window_(window) {}

  // Keys of the table: type, root_keys, root_key_ids, root_ca (at least one of
  // these), server (an https or http address) or metadata (an absolute path),
  // signers, valid_from, valid_until. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  TrustDataPlace PlaceFor(const SigningTarget& target) const;
  Result<VerifiedSignature> Judge(const SigningTarget& target,
                                  const Result<TrustData>& data) const;

  std::shared_ptr<const dct::Judge> judge_;
  std::string at_;
  SignerWindow window_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_DCT_DCT_SIGNER_H_
