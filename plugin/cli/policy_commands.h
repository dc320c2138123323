// `assay policy check`, `show`, `test` and `diff`: the policy files held
// against the grammar and against expectations, without a daemon and without
// root where the files can be read.
#ifndef ASSAY_CLI_POLICY_COMMANDS_H_
#define ASSAY_CLI_POLICY_COMMANDS_H_

#include "cli/command.h"

namespace assay {

extern const Command kPolicyCheckCommand;
extern const Command kPolicyShowCommand;
extern const Command kPolicyTestCommand;
// In policy_diff_command.cc; it verifies, and so needs what `verify` does.
extern const Command kPolicyDiffCommand;

}  // namespace assay

#endif  // ASSAY_CLI_POLICY_COMMANDS_H_
