// The order in which rules are matched, and the conflicts that can be seen in
// it before any image comes.
#ifndef ASSAY_CORE_POLICY_CONFLICTS_H_
#define ASSAY_CORE_POLICY_CONFLICTS_H_

#include <span>
#include <vector>

#include "base/toml.h"
#include "core/policy/policy.h"

namespace assay {

// Rules that name namespaces first, then by specificity, then by place.
void SortByMatch(std::vector<Rule>& rules);

// A Diagnostic (kPolicyConflict) for each rule that is as specific as another
// one which some image of some namespace matches, too. `rules` are sorted. The
// search is bounded; what it leaves out, Policy::Select refuses.
void FindConflicts(std::span<const Rule> rules, Diagnostics& diagnostics);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_CONFLICTS_H_
