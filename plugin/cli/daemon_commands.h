// The commands that ask the running daemon, as every program lists them. What
// they do is in node_commands.cc, in a program of its own: gRPC is a third of
// what `assay verify` would have to load.
#ifndef ASSAY_CLI_DAEMON_COMMANDS_H_
#define ASSAY_CLI_DAEMON_COMMANDS_H_

#include "cli/command.h"

namespace assay {

extern const Command kStatusCommand;
extern const Command kRunningCommand;
extern const Command kReloadCommand;
extern const Command kDoctorCommand;
extern const Command kPolicyLearnCommand;
extern const Command kRotatePlanCommand;

}  // namespace assay

#endif  // ASSAY_CLI_DAEMON_COMMANDS_H_
