// What a profile asks of a certificate beyond certificate.h, read as it stands:
// nothing here judges (RFC 5280 section 4).
#ifndef ASSAY_CORE_TRUST_CERTIFICATE_DETAILS_H_
#define ASSAY_CORE_TRUST_CERTIFICATE_DETAILS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

// RFC 5280 section 4.2.1.9.
struct BasicConstraints {
  bool critical = false;
  bool authority = false;
  std::optional<std::int64_t> path_length;
};

// RFC 5280 section 4.2.1.3.
struct KeyUsage {
  bool critical = false;
  bool digital_signature = false;
  bool signs_certificates = false;
  // Any besides these two and non-repudiation.
  bool other = false;
  bool signs_lists = false;  // one of the others
};

// nullopt where the certificate has no such extension.
std::optional<BasicConstraints> BasicConstraintsOf(const Certificate& one);
std::optional<KeyUsage> KeyUsageOf(const Certificate& one);

// One attribute of the subject, its value in UTF-8. `group` counts relative
// distinguished names; attributes of one share it.
struct NameAttribute {
  std::string oid;
  std::string value;
  int group = 0;
};

std::vector<NameAttribute> SubjectOf(const Certificate& one);

// That `issuer` is named by `child`, byte for byte, and signed it with a hash
// of the SHA-2 family. Whether it was allowed to is for the profile to say.
// Errors: kCertificateUntrusted.
Status CheckIssued(const Certificate& child, const Certificate& issuer);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CERTIFICATE_DETAILS_H_
