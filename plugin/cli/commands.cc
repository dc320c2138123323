#include "cli/commands.h"

#include <array>

#include "cli/audit_command.h"
#include "cli/daemon_commands.h"
#include "cli/evidence_command.h"
#include "cli/explain_command.h"
#include "cli/policy_commands.h"
#include "cli/reasons_command.h"
#include "cli/retire_command.h"
#include "cli/verify_bundle_command.h"
#include "cli/verify_command.h"
#include "cli/wire_command.h"

namespace assay {

std::span<const Command* const> AllCommands() {
  static constexpr auto kCommands = std::to_array<const Command*>({
      &kVerifyCommand,         &kVerifyBundleCommand,    &kExplainCommand,
      &kStatusCommand,         &kRunningCommand,         &kReloadCommand,
      &kDoctorCommand,         &kEvidenceListCommand,    &kEvidenceFetchCommand,
      &kEvidenceExportCommand, &kEvidenceImportCommand,  &kEvidenceGcCommand,
      &kPolicyCheckCommand,    &kPolicyShowCommand,      &kPolicyTestCommand,
      &kPolicyDiffCommand,     &kPolicyLearnCommand,     &kRotatePlanCommand,
      &kWireContainerdCommand, &kWireCrioCommand,        &kWirePodmanCommand,
      &kWireDockerCommand,     &kWireRetireCommand,      &kAuditVerifyCommand,
      &kAuditTailCommand,      &kAuditCheckpointCommand, &kReasonsCommand,
  });
  return kCommands;
}

}  // namespace assay
