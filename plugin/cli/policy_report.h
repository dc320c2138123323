// What `assay policy ...` prints: problems with a caret under the place, rules
// and selections.
#ifndef ASSAY_CLI_POLICY_REPORT_H_
#define ASSAY_CLI_POLICY_REPORT_H_

#include <memory>
#include <string>

#include "cli/command.h"
#include "core/policy/policy.h"

namespace assay {

// The policy at --policy, else the one of the root; null after its problems
// were printed.
std::shared_ptr<const Policy> LoadPolicy(Context& context,
                                         const std::string& path);

// Each problem with its line of the file and a caret; always kUsage.
ExitCode PrintProblems(Context& context, const Diagnostics& problems);

void PrintWarnings(Context& context, const Policy& policy);
Json WarningsAsJson(const Policy& policy);

// "require any of (a, b)", "allow", "reject".
std::string DecisionOf(const Rule& rule);
// "scope", or "default".
std::string NameOf(const Selection& selection);
Json AsJson(const Rule& rule);

}  // namespace assay

#endif  // ASSAY_CLI_POLICY_REPORT_H_
