// How commands reach registries: by the node's settings, and for somebody who
// may not read root's credentials by their own.
#ifndef ASSAY_CLI_REGISTRY_ACCESS_H_
#define ASSAY_CLI_REGISTRY_ACCESS_H_

#include "io/config/node_config.h"
#include "io/registry/registry_client.h"

namespace assay {

RegistryOptions RegistryAccess(const NodeConfig& config);

}  // namespace assay

#endif  // ASSAY_CLI_REGISTRY_ACCESS_H_
