// `assay verify`: the decision about an image in a registry or in a layout on
// disk, with the node's policy or another, without daemon and without root.
// Policies are tested with it in pipelines.
#ifndef ASSAY_CLI_VERIFY_COMMAND_H_
#define ASSAY_CLI_VERIFY_COMMAND_H_

#include <string>

#include "cli/command.h"
#include "core/policy/policy.h"
#include "core/question/question.h"

namespace assay {

extern const Command kVerifyCommand;

struct VerifyOptions {
  std::string policy;  // a file or folder; "" = the node's
  std::string pod_namespace;
  std::string as;  // the name that an image on disk will have
  bool offline = false;
  bool progress = false;  // on stderr, while layers are hashed
  Time now{};
};

// Decides about `reference` and returns the audit line's object, which is not
// written to the audit log. Errors: kReferenceMalformed, kUsage,
// kPolicyMalformed, kConfigurationMalformed.
Result<Json> VerifyReference(const Paths& paths, const std::string& reference,
                             const VerifyOptions& options);

// The same under a policy at hand, which is not null; options.policy is left
// aside.
Result<Json> VerifyUnder(const Paths& paths,
                         const std::shared_ptr<const Policy>& policy,
                         const std::string& reference,
                         const VerifyOptions& options);

}  // namespace assay

#endif  // ASSAY_CLI_VERIFY_COMMAND_H_
