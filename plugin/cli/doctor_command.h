// `assay doctor`: does this node enforce, and if not, why not and what next.
#ifndef ASSAY_CLI_DOCTOR_COMMAND_H_
#define ASSAY_CLI_DOCTOR_COMMAND_H_

#include "cli/command.h"
#include "io/wire/checks.h"

namespace assay {

ExitCode RunDoctor(Context& context, const Arguments& arguments);

// 0 when all is well, 1 when something does not enforce, 3 when that could not
// be told.
ExitCode ExitForChecks(const Checks& checks);

// Shared with the tests: what doctor prints for these checks.
ExitCode PrintChecks(Context& context, const Checks& checks);

}  // namespace assay

#endif  // ASSAY_CLI_DOCTOR_COMMAND_H_
