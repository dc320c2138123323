// The bundle form of a cosign signature: an OCI referrer whose one layer is a
// sigstore bundle over an in-toto statement about the image.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_SIGNATURE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_SIGNATURE_H_

#include <string_view>

#include "core/schemes/signer.h"
#include "core/schemes/sigstore/key_policy.h"

namespace assay {

// Errors: those of KeyBundle::Parse and Statement::Parse, kPayloadType,
// kSignatureInvalid, kSignatureForeignKey, kPredicateType,
// kSignatureOtherImage, kSignatureAnnotation, kKeyNotYetValid, kKeyExpired.
Result<KeyMatch> VerifyKeyBundle(const SigstoreKeyPolicy& policy,
                                 const SigningTarget& target,
                                 std::string_view bundle);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_SIGNATURE_H_
