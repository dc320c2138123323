// `assay wire retire`: every runtime goes on without Assay.
#ifndef ASSAY_CLI_RETIRE_COMMAND_H_
#define ASSAY_CLI_RETIRE_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kWireRetireCommand;

}  // namespace assay

#endif  // ASSAY_CLI_RETIRE_COMMAND_H_
