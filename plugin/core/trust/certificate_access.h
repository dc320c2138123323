// The parsed OpenSSL object behind a Certificate, for the .cc files of
// core/trust and below alone.
#ifndef ASSAY_CORE_TRUST_CERTIFICATE_ACCESS_H_
#define ASSAY_CORE_TRUST_CERTIFICATE_ACCESS_H_

#include <openssl/x509.h>

#include "core/trust/certificate.h"

namespace assay {

struct CertificateAccess {
  // Borrowed from the certificate. OpenSSL's signatures are not const, what is
  // called on it here is: it only counts references and reads.
  static X509* Raw(const Certificate& certificate);
  static Result<Certificate> Copy(X509* raw);
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CERTIFICATE_ACCESS_H_
