// `assay reasons`: what every reason id means and what to do about it.
#ifndef ASSAY_CLI_REASONS_COMMAND_H_
#define ASSAY_CLI_REASONS_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kReasonsCommand;

}  // namespace assay

#endif  // ASSAY_CLI_REASONS_COMMAND_H_
