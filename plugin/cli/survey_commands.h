// The commands that look at every image of a node: `assay policy learn` and
// `assay rotate plan`. Their rows are in daemon_commands.h.
#ifndef ASSAY_CLI_SURVEY_COMMANDS_H_
#define ASSAY_CLI_SURVEY_COMMANDS_H_

#include "cli/command.h"

namespace assay {

ExitCode RunPolicyLearn(Context& context, const Arguments& arguments);
ExitCode RunRotatePlan(Context& context, const Arguments& arguments);

}  // namespace assay

#endif  // ASSAY_CLI_SURVEY_COMMANDS_H_
