// The judgement of images signed by who holds a certificate of the operator's
// own authority, without logs: the certificate must be valid now
// (containers-policy.json.5, "pki").
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFICATE_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFICATE_SIGNER_H_

#include <string>
#include <vector>

#include "core/schemes/sigstore/claim_policy.h"
#include "core/schemes/sigstore/sigstore_signer.h"
#include "core/trust/certificate_authority.h"

namespace assay {

struct SigstoreCertificatePolicy {
  std::vector<CertificateAuthority> authorities;  // any may have issued it
  std::vector<Certificate> intermediates;         // hints, not believed
  // Of the certificate's alternative names; "" is not asked for. At least one
  // is.
  std::string email;
  std::string host;
  ClaimPolicy claims;
  KeyUse use = KeyUse::kSigstore;
};

// Of an imported policy; no table of a policy of ours makes one.
class SigstoreCertificateSigner final : public SigstoreSigner {
 public:
  SigstoreCertificateSigner(std::string name, std::string scheme,
                            SigstoreCertificatePolicy policy)
      : SigstoreSigner(std::move(name), std::move(scheme)),
        policy_(std::move(policy)) {}

  std::string Summary() const override;

 private:
  Result<Match> Judge(const Candidate& candidate, Time now,
                      const ReadClaim& read) const override;
  const ClaimPolicy& claims() const override { return policy_.claims; }
  Status CheckNames(const Certificate& leaf) const;
  // When the first certificate of a path to one of the authorities expires, all
  // of which is valid now.
  Result<std::optional<Time>> FindPath(const Certificate& leaf,
                                       std::vector<Certificate> hints,
                                       Time now) const;

  SigstoreCertificatePolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFICATE_SIGNER_H_
