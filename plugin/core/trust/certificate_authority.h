// CertificateAuthority: a chain of certificates that the operator trusts to
// issue others, and the judgement of a path to it (RFC 5280 section 6).
// Immutable and thread-safe.
//
// Signatures and times are judged apart: a path holds or not, once; whether
// all of it was valid at a time is asked for every time that is proven, both
// ends of each validity included. OpenSSL's own notion of time is not used.
#ifndef ASSAY_CORE_TRUST_CERTIFICATE_AUTHORITY_H_
#define ASSAY_CORE_TRUST_CERTIFICATE_AUTHORITY_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

// A verified path: the leaf first, then each one's issuer, up to the anchor.
struct CertificatePath {
  std::vector<Certificate> certificates;  // at least two

  const Certificate& leaf() const { return certificates.front(); }
  const Certificate& issuer() const { return certificates[1]; }
};

class CertificateAuthority {
 public:
  // `chain` goes from what issues leaves to the anchor, which may be an
  // intermediate itself. Errors: kCertificateMalformed (an empty chain, one
  // that is no authority), kCertificateUntrusted (a member that the next one
  // did not sign).
  static Result<CertificateAuthority> Make(std::vector<Certificate> chain,
                                           Validity validity);

  // The leaf's path to this authority. `hints` are certificates that may stand
  // between; they are not believed. Leaf and intermediates must be for
  // `purpose`, an OID. Errors: kCertificateUntrusted,
  // kCertificateProfile.
  Result<CertificatePath> Verify(const Certificate& leaf,
                                 std::string_view purpose,
                                 std::span<const Certificate> hints = {}) const;

  // Whether the authority and every certificate of the path were valid then.
  // Errors: kCertificateExpired.
  Status ValidAt(const CertificatePath& path, Time time) const;

 private:
  CertificateAuthority(std::vector<Certificate> chain, Validity validity)
      : chain_(std::move(chain)), validity_(validity) {}

  std::vector<Certificate> chain_;
  Validity validity_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CERTIFICATE_AUTHORITY_H_
