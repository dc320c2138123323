// What may be a scope under a transport of a policy.json, as containers/image
// has it; it refuses a document for one that may not.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_TRANSPORT_SCOPES_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_TRANSPORT_SCOPES_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Every transport has the scope "", and one that is not known any. Errors:
// kPolicyMalformed.
Status CheckTransportScope(std::string_view transport,
                           const std::string& scope);

// Whether an image of a registry can be in this scope of "docker": a name, what
// names begin with, or "*." and a domain.
bool IsDockerScope(const std::string& scope);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_TRANSPORT_SCOPES_H_
