// The one table of all commands of `assay`, in the order --help lists them.
#ifndef ASSAY_CLI_COMMANDS_H_
#define ASSAY_CLI_COMMANDS_H_

#include <span>

#include "cli/command.h"

namespace assay {

std::span<const Command* const> AllCommands();

}  // namespace assay

#endif  // ASSAY_CLI_COMMANDS_H_
