// What a signer of type `sigstore-key` asks of a signature besides the image's
// digest, and the match that satisfies it.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_KEY_POLICY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_KEY_POLICY_H_

#include <map>
#include <optional>
#include <string>

#include "core/schemes/keyring.h"
#include "core/subject/reference.h"

namespace assay {

// How the repository that a legacy payload names relates to the image. The
// bundle form signs no repository name: there only the digest binds.
enum class SignedIdentity : std::uint8_t {
  kRepository = 0,  // that of the image's name, or `signed_repository`
  kAny,
};

struct SigstoreKeyPolicy {
  Keyring keyring;
  std::map<std::string, std::string> annotations;  // all required
  SignedIdentity identity = SignedIdentity::kRepository;
  std::optional<Reference> signed_repository;

  // Errors: kSignatureAnnotation.
  Status JudgeAnnotations(
      const std::map<std::string, std::string>& found) const;
  // Errors: kPayloadMalformed, kSignatureOtherRepository.
  Status JudgeRepository(const Reference& name,
                         const std::string& docker_reference) const;
};

// Which key signed which of the image's digests.
struct KeyMatch {
  const TrustedKey* key = nullptr;  // borrowed from the Keyring; never null
  Digest target;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_KEY_POLICY_H_
