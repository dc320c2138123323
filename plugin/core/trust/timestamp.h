// Time stamps of RFC 3161: what a pinned authority says about when a signature
// existed.
#ifndef ASSAY_CORE_TRUST_TIMESTAMP_H_
#define ASSAY_CORE_TRUST_TIMESTAMP_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/trust/certificate_authority.h"

namespace assay {

// One time-stamping authority. Immutable and thread-safe. Each is judged
// alone: certificates of one never help another's token.
class TimestampAuthority {
 public:
  // `chain` may begin with the certificate that signs tokens, which is pinned
  // then, and goes on to the anchor. `uri` names the authority; two with one
  // name count as one. Errors: those of CertificateAuthority.
  static Result<TimestampAuthority> Make(std::vector<Certificate> chain,
                                         Validity validity, std::string uri);

  const std::string& uri() const { return uri_; }

  // When `message` existed, by this DER TimeStampResp. Errors:
  // kTimestampMalformed, kTimestampInvalid (not over this message, not of this
  // authority), kCertificateProfile, kCertificateExpired.
  Result<Time> Verify(std::string_view response,
                      std::string_view message) const;

 private:
  TimestampAuthority(CertificateAuthority authority,
                     std::vector<Certificate> chain, std::string uri)
      : authority_(std::move(authority)),
        chain_(std::move(chain)),
        uri_(std::move(uri)) {}

  CertificateAuthority authority_;
  std::vector<Certificate> chain_;      // of the authority, without the pin
  std::optional<CertificatePath> pin_;  // of the certificate that signs
  std::string uri_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_TIMESTAMP_H_
