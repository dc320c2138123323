// Validity: when a key, a log or an authority may be believed.
#ifndef ASSAY_CORE_TRUST_VALIDITY_H_
#define ASSAY_CORE_TRUST_VALIDITY_H_

#include <optional>

#include "base/clock.h"

namespace assay {

// Both ends are inside (protobuf-specs sigstore_common.proto, TimeRange; RFC
// 5280 section 4.1.2.5).
struct Validity {
  Time start{};
  std::optional<Time> end;  // nullopt: still in use

  bool Contains(Time time) const {
    return start <= time && (!end || time <= *end);
  }
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_VALIDITY_H_
