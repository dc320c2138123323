// Simple signing with OpenPGP ("atomic container signature"), as skopeo, podman
// and others of containers/image make it: one message of a lookaside store,
// judged for an image. Shared by the signer that names keys itself and by the
// policy.json that does.
#ifndef ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_ATOMIC_SIGNATURE_H_
#define ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_ATOMIC_SIGNATURE_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "core/schemes/signer.h"
#include "core/schemes/simple_signing/identity_match.h"
#include "core/trust/openpgp/openpgp_keyring.h"

namespace assay {

// Messages that one signer tries for one image: what two stores may hold of a
// manifest and of an index. A message names the key it is by, so each is one
// verification at most, however many keys there are.
inline constexpr std::size_t kOpenpgpTrials = 4 * limits::kLookasideSignatures;

// A signature that holds and is of the image.
struct AtomicSignature {
  std::string primary;  // fingerprint of the key that stands for the signer
  Digest manifest;      // which of the target's digests was signed
  std::optional<Time> expires;
};

// In this order: the signature, then what it says. Errors: those of
// OpenpgpKeyring::Verify and SimpleSigning::Parse, kSignatureOtherImage, those
// of IdentityMatch::Judge.
Result<AtomicSignature> JudgeAtomicSignature(const OpenpgpKeyring& keyring,
                                             const IdentityMatch& identity,
                                             const SigningTarget& target,
                                             std::string_view message);

// Hands every message that the target admits and that came from a lookaside
// store to `visit`, with where it was; after kOpenpgpTrials of them `refuse`
// hears one kEvidenceTooMany.
void VisitLookaside(
    const SigningTarget& target, std::span<const UntrustedArtifact> artifacts,
    const std::function<void(const std::string& where, std::string_view)>&
        visit,
    const std::function<void(const std::string& where, Error)>& refuse);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_ATOMIC_SIGNATURE_H_
