// Property: a certificate that reads has the very bytes it was read from, and
// an identity that reads from it has a subject without NUL.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/sigstore/signing_identity.h"
#include "core/trust/signed_certificate_timestamp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto certificate = assay::Certificate::ParseDer(der);
  if (!certificate) return 0;
  if (certificate->der() != der) std::abort();
  const auto promises = assay::SignedCertificateTimestamp::Of(*certificate);
  if (promises && promises->size() > 16) std::abort();
  const auto identity = assay::SigningIdentity::Of(*certificate);
  if (!identity) return 0;
  if (identity->subject.empty() ||
      identity->subject.find('\0') != std::string::npos) {
    std::abort();
  }
  return 0;
}
