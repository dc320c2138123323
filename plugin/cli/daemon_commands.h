// Commands that ask the running daemon: status, running, reload.
#ifndef ASSAY_CLI_DAEMON_COMMANDS_H_
#define ASSAY_CLI_DAEMON_COMMANDS_H_

#include "cli/command.h"

namespace assay {

extern const Command kStatusCommand;
extern const Command kRunningCommand;
extern const Command kReloadCommand;

}  // namespace assay

#endif  // ASSAY_CLI_DAEMON_COMMANDS_H_
