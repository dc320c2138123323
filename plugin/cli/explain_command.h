// `assay explain`: why a decision ended as it did, from the audit log, or for
// an image by deciding again.
#ifndef ASSAY_CLI_EXPLAIN_COMMAND_H_
#define ASSAY_CLI_EXPLAIN_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kExplainCommand;

}  // namespace assay

#endif  // ASSAY_CLI_EXPLAIN_COMMAND_H_
