// What the program assay-node runs: the commands that ask the daemon, with
// their functions. `assay` hands them over, see node_program.h.
#ifndef ASSAY_CLI_NODE_COMMANDS_H_
#define ASSAY_CLI_NODE_COMMANDS_H_

#include <span>

#include "cli/command.h"

namespace assay {

// Each of them can run: none is handed on.
std::span<const Command* const> NodeCommands();

}  // namespace assay

#endif  // ASSAY_CLI_NODE_COMMANDS_H_
