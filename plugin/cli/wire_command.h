// `assay wire containerd`: puts the shim where containerd calls its runtime,
// shows that beforehand, and takes it back.
#ifndef ASSAY_CLI_WIRE_COMMAND_H_
#define ASSAY_CLI_WIRE_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kWireContainerdCommand;

}  // namespace assay

#endif  // ASSAY_CLI_WIRE_COMMAND_H_
