// What the audit log says about one container or request.
#ifndef ASSAY_IO_REPORT_AUDIT_SEARCH_H_
#define ASSAY_IO_REPORT_AUDIT_SEARCH_H_

#include <optional>
#include <string>

#include "base/json.h"

namespace assay {

// The last decision about a request id, or about a container of whose id at
// least the first six characters are given, as runtimes print it short. A log
// that cannot be read has none.
std::optional<Json> LastDecision(const std::string& log,
                                 const std::string& wanted);

// The last decision about a container of this pod.
std::optional<Json> LastDecisionOfPod(const std::string& log,
                                      const std::string& pod);

}  // namespace assay

#endif  // ASSAY_IO_REPORT_AUDIT_SEARCH_H_
