// Finding: what one document, or a list with its delta, says about one
// certificate once it is believed.
#ifndef ASSAY_CORE_TRUST_REVOCATION_FINDING_H_
#define ASSAY_CORE_TRUST_REVOCATION_FINDING_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/revocation/ocsp_response.h"
#include "core/trust/revocation/revocation_check.h"
#include "core/trust/revocation/revocation_list.h"

namespace assay {

enum class Standing : std::uint8_t {
  kUnknown = 0,  // the authority does not know it
  kGood,
  kHeld,  // revoked, and may be taken back
  kRevoked,
};

struct Finding {
  bool Revokes() const {
    return standing == Standing::kHeld || standing == Standing::kRevoked;
  }

  Standing standing = Standing::kUnknown;
  Time revoked_at{};  // of what revokes
  Time given{};       // when it was said
  Time due{};         // when newer was promised
  // Why it counts for nothing but what it revokes; "" where it counts.
  std::string flaw;
  std::string url;                     // where it was said
  std::optional<RevocationList> list;  // of a whole list
};

// Whose revocation is in question.
struct Suspect {
  const Certificate& one;
  const Certificate& issuer;
};

// Errors of all three: kRevocationInvalid, of what is not to be believed.
Result<Finding> FindInResponse(const OcspResponse& response,
                               const Suspect& suspect,
                               const RevocationTerms& terms);
Result<Finding> FindInList(const RevocationList& list,
                           const DistributionPoint& point,
                           const Suspect& suspect,
                           const RevocationTerms& terms);
// What a whole list says with its delta.
Result<Finding> FindInDelta(const RevocationList& delta,
                            const RevocationList& whole, const Suspect& suspect,
                            const RevocationTerms& terms);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_FINDING_H_
