// Signed certificate timestamps (RFC 6962 section 3.2, 3.3): a log's promise,
// inside a certificate, to have recorded its precertificate.
#ifndef ASSAY_CORE_TRUST_SIGNED_CERTIFICATE_TIMESTAMP_H_
#define ASSAY_CORE_TRUST_SIGNED_CERTIFICATE_TIMESTAMP_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate.h"
#include "core/trust/transparency_log.h"

namespace assay {

struct SignedCertificateTimestamp {
  std::string log_id;  // 32 bytes
  Time time{};
  std::uint64_t milliseconds = 0;
  std::string extensions;
  std::string signature;

  // Those of the certificate, in order; none where it has no such extension.
  // Errors: kSctMalformed.
  static Result<std::vector<SignedCertificateTimestamp>> Of(
      const Certificate& certificate);
};

// Which of the promises' bytes a log must have signed: `issuer` is the parent
// in the leaf's verified path. Errors: kSctMalformed.
class Precertificate {
 public:
  static Result<Precertificate> Of(const Certificate& certificate,
                                   const Certificate& issuer);

  // Errors: kSctInvalid.
  Status Verify(const SignedCertificateTimestamp& promise,
                const TransparencyLog& log) const;

 private:
  Precertificate(std::string issuer_hash, std::string body)
      : issuer_hash_(std::move(issuer_hash)), body_(std::move(body)) {}

  std::string issuer_hash_;  // SHA-256 of the issuer's SubjectPublicKeyInfo
  std::string body_;         // TBSCertificate without the promises
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_SIGNED_CERTIFICATE_TIMESTAMP_H_
