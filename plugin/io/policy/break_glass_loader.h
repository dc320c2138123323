// Reads the exceptions of break-glass from disk.
#ifndef ASSAY_IO_POLICY_BREAK_GLASS_LOADER_H_
#define ASSAY_IO_POLICY_BREAK_GLASS_LOADER_H_

#include <memory>
#include <vector>

#include "base/paths.h"
#include "core/policy/policy.h"

namespace assay {

// break-glass.d/*.toml, held to who may have written it as the policy is. What
// cannot be read, or is wrong, makes no exception, and `diagnostics` says so.
std::vector<PolicyException> LoadBreakGlass(const Paths& paths,
                                            Diagnostics& diagnostics);

// The policy with the node's exceptions; null for null.
std::shared_ptr<const Policy> WithBreakGlass(
    std::shared_ptr<const Policy> policy, const Paths& paths,
    Diagnostics& diagnostics);

}  // namespace assay

#endif  // ASSAY_IO_POLICY_BREAK_GLASS_LOADER_H_
