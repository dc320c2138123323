// The operators of constraints by the words a policy writes for them.
#ifndef ASSAY_CORE_POLICY_OPERATOR_NAMES_H_
#define ASSAY_CORE_POLICY_OPERATOR_NAMES_H_

#include <map>
#include <string>
#include <string_view>

#include "core/policy/constraint.h"

namespace assay {

const std::map<std::string, Operator, std::less<>>& Operators();

std::string_view OperatorName(Operator one);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_OPERATOR_NAMES_H_
