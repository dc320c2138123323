// `assay wire containerd|crio|podman|docker`: puts the shim where the runtime
// calls an OCI runtime, shows that beforehand, and takes it back.
#ifndef ASSAY_CLI_WIRE_COMMAND_H_
#define ASSAY_CLI_WIRE_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kWireContainerdCommand;
extern const Command kWireCrioCommand;
extern const Command kWirePodmanCommand;
extern const Command kWireDockerCommand;

}  // namespace assay

#endif  // ASSAY_CLI_WIRE_COMMAND_H_
