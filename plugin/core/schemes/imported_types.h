// The types of signers that take another program's policy as it is: there the
// name of the image chooses a scope, and the scope who may sign.
#ifndef ASSAY_CORE_SCHEMES_IMPORTED_TYPES_H_
#define ASSAY_CORE_SCHEMES_IMPORTED_TYPES_H_

#include <string_view>

namespace assay {

inline constexpr std::string_view kContainersPolicyType = "containers-policy";
inline constexpr std::string_view kNotationPolicyType = "notation-policy";

inline bool IsImportedPolicy(std::string_view type) {
  return type == kContainersPolicyType || type == kNotationPolicyType;
}

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_IMPORTED_TYPES_H_
