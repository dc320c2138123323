// The time stamp over a Notary Project signature: an RFC 3161 token over the
// signature's bytes (signature-specification.md, "Timestamp Signature"), which
// proves that it was made while the certificates were valid.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_COUNTERSIGNATURE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_COUNTERSIGNATURE_H_

#include <vector>

#include "base/result.h"
#include "core/schemes/notation/envelope.h"
#include "core/schemes/notation/trust_store.h"
#include "core/trust/timestamp_token.h"

namespace assay {

struct Countersignature {
  StampedTime time;
  std::vector<Certificate> chain;  // of who stamped it, up to the root
};

// When the envelope's signature existed, by its token, if a root among
// `authorities` vouches for the token's signer. Errors: kTimeUnproven (there is
// none), kTimestampMalformed, kTimestampInvalid, kCertificateUntrusted,
// kCertificateProfile, kCertificateExpired.
Result<Countersignature> CheckCountersignature(const NotationEnvelope& envelope,
                                               const TrustStore& authorities);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_COUNTERSIGNATURE_H_
