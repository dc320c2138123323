// `assay verify` of an image that lies as files on this machine.
#ifndef ASSAY_CLI_LOCAL_VERIFY_H_
#define ASSAY_CLI_LOCAL_VERIFY_H_

#include <memory>
#include <string>

#include "cli/verify_command.h"
#include "core/policy/policy.h"
#include "io/config/node_config.h"

namespace assay {

// Decides from disk alone. An image on disk has no name of its own: what its
// layout says is a claim, and claims select no rule. Errors:
// kReferenceMalformed, kUsage without options.as. What is wrong with the layout
// is a verdict.
Result<Json> VerifyLocal(const Paths& paths, const NodeConfig& config,
                         const std::string& reference, VerifyOptions options,
                         const std::shared_ptr<const Policy>& policy);

}  // namespace assay

#endif  // ASSAY_CLI_LOCAL_VERIFY_H_
