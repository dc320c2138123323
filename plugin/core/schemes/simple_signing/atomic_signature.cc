#include "core/schemes/simple_signing/atomic_signature.h"

#include <algorithm>
#include <utility>

#include "core/schemes/simple_signing/payload.h"

namespace assay {

Result<AtomicSignature> JudgeAtomicSignature(const OpenpgpKeyring& keyring,
                                             const IdentityMatch& identity,
                                             const SigningTarget& target,
                                             std::string_view message) {
  auto verified = keyring.Verify(message, target.now);
  if (!verified) return verified.error();
  auto payload =
      SimpleSigning::Parse(verified->content, SimpleSigningType::kAtomic);
  if (!payload) return payload.error();
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), payload->manifest) ==
      digests.end()) {
    return Fail(Reason::kSignatureOtherImage,
                "signed is " + payload->manifest.str());
  }
  const auto named = identity.Judge(target.name, payload->docker_reference);
  if (!named) return named.error();
  return AtomicSignature{std::move(verified->primary),
                         std::move(payload->manifest), verified->expires};
}

void VisitLookaside(
    const SigningTarget& target, std::span<const UntrustedArtifact> artifacts,
    const std::function<void(const std::string& where, std::string_view)>&
        visit,
    const std::function<void(const std::string& where, Error)>& refuse) {
  std::size_t left = kOpenpgpTrials;
  for (const UntrustedArtifact& artifact : artifacts) {
    if (artifact.origin != ArtifactOrigin::kLookaside ||
        !target.Admits(artifact)) {
      continue;
    }
    for (const UntrustedBlob& blob : artifact.blobs) {
      if (left == 0) {
        return refuse(artifact.where,
                      Fail(Reason::kEvidenceTooMany, "signatures of an image"));
      }
      --left;
      visit(artifact.where, blob.bytes);
    }
  }
}

}  // namespace assay
