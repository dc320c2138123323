// `assay audit`: whether the audit log is whole, what is in it, and a
// checkpoint of it to keep elsewhere.
#ifndef ASSAY_CLI_AUDIT_COMMAND_H_
#define ASSAY_CLI_AUDIT_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kAuditVerifyCommand;
extern const Command kAuditTailCommand;
extern const Command kAuditCheckpointCommand;

}  // namespace assay

#endif  // ASSAY_CLI_AUDIT_COMMAND_H_
