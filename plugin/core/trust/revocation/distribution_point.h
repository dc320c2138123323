// Where certificates and lists say that more is to be learnt, and about which
// certificates a list speaks (RFC 5280 sections 4.2.1.13, 4.2.2.1, 5.2.5 and
// 5.2.6). Read as it stands: addresses may be of any kind.
#ifndef ASSAY_CORE_TRUST_REVOCATION_DISTRIBUTION_POINT_H_
#define ASSAY_CORE_TRUST_REVOCATION_DISTRIBUTION_POINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

// Several names for one list: all reasons, signed by the certificate's issuer.
struct DistributionPoint {
  std::vector<std::string> urls;  // at least one
};

struct ListScope {
  bool users_only = false;        // certificates that are no authorities
  bool authorities_only = false;  // certificates of authorities
  bool some_reasons = false;
  bool attribute_certificates = false;
  bool indirect = false;  // also certificates that others issued
  // Only certificates whose distribution point has one of these names.
  bool named = false;
  std::vector<std::string> urls;
};

// The value of an extension that names distribution points. At most
// limits::kRevocationUrls addresses of limits::kRevocationUrlBytes. Errors:
// kRevocationMalformed (also for a point without an address, for some reasons
// only, or of lists that others sign).
Result<std::vector<DistributionPoint>> ReadPoints(std::string_view der);

// The value of the extension. Errors: kRevocationMalformed.
Result<ListScope> ReadScope(std::string_view der);

// Where the certificate's status is told, with the limits of ReadPoints; none
// where it does not say. Errors: kRevocationMalformed.
Result<std::vector<std::string>> OcspUrlsOf(const Certificate& one);
Result<std::vector<DistributionPoint>> ListPointsOf(const Certificate& one);

// Whether it names places of deltas itself.
bool NamesDeltas(const Certificate& one);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_DISTRIBUTION_POINT_H_
