// `assay verify-bundle`: whether a sigstore bundle holds for a file, or for a
// digest, by a key or an identity. No policy and no image take part.
#ifndef ASSAY_CLI_VERIFY_BUNDLE_COMMAND_H_
#define ASSAY_CLI_VERIFY_BUNDLE_COMMAND_H_

#include "cli/command.h"

namespace assay {

extern const Command kVerifyBundleCommand;

}  // namespace assay

#endif  // ASSAY_CLI_VERIFY_BUNDLE_COMMAND_H_
