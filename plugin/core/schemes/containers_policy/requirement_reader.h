// Reads one requirement of a policy.json.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_REQUIREMENT_READER_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_REQUIREMENT_READER_H_

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "core/schemes/containers_policy/policy_document.h"

namespace assay {

// `place` is where it stands, for people. Errors: kPolicyMalformed.
Result<PolicyRequirement> ReadPolicyRequirement(const Json& json,
                                                const std::string& place);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_REQUIREMENT_READER_H_
