// `assay evidence list|fetch|export|import|gc`: what is known of signatures on
// this node, and how to carry it to another.
#ifndef ASSAY_CLI_EVIDENCE_COMMAND_H_
#define ASSAY_CLI_EVIDENCE_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kEvidenceListCommand;
extern const Command kEvidenceFetchCommand;
extern const Command kEvidenceExportCommand;
extern const Command kEvidenceImportCommand;
extern const Command kEvidenceGcCommand;

}  // namespace assay

#endif  // ASSAY_CLI_EVIDENCE_COMMAND_H_
