// X.509 certificates, as far as key signatures need them. Paths to an
// authority are judged elsewhere; nothing here makes a certificate trusted.
#ifndef ASSAY_CORE_TRUST_CERTIFICATE_H_
#define ASSAY_CORE_TRUST_CERTIFICATE_H_

#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

// SHA-256 of the SubjectPublicKeyInfo of the one certificate in `pem`.
// Errors: kCertificateMalformed (also for more than one certificate).
Result<Digest> CertificateKeyFingerprint(std::string_view pem);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CERTIFICATE_H_
