// Who a command line says is to have signed a bundle: a key or an identity.
#ifndef ASSAY_CLI_BUNDLE_SIGNER_H_
#define ASSAY_CLI_BUNDLE_SIGNER_H_

#include <memory>

#include "base/paths.h"
#include "base/result.h"
#include "cli/command.h"
#include "core/schemes/sigstore/sigstore_signer.h"

namespace assay {

// Reads the options key, certificate-identity, certificate-oidc-issuer and
// trusted-root, and the files they name. An identity asks for one transparency
// log, one certificate log and a proven time; a key for one log where a trusted
// root is given. Errors: kUsage, kPolicyKeyUnreadable, kTrustedRootMalformed,
// and those of ReadFile and PublicKey::ParseFile.
Result<std::unique_ptr<SigstoreSigner>> ReadBundleSigner(
    const Paths& paths, const Arguments& arguments);

}  // namespace assay

#endif  // ASSAY_CLI_BUNDLE_SIGNER_H_
