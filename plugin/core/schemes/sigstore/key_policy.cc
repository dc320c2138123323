#include "core/schemes/sigstore/key_policy.h"

namespace assay {

Status SigstoreKeyPolicy::JudgeAnnotations(
    const std::map<std::string, std::string>& found) const {
  for (const auto& [key, value] : annotations) {
    const auto present = found.find(key);
    if (present == found.end()) {
      return Fail(Reason::kSignatureAnnotation, key + " is absent");
    }
    if (present->second != value) {
      return Fail(Reason::kSignatureAnnotation,
                  key + " is '" + present->second + "', not '" + value + "'");
    }
  }
  return Ok();
}

Status SigstoreKeyPolicy::JudgeRepository(
    const Reference& name, const std::string& docker_reference) const {
  if (identity == SignedIdentity::kAny) return Ok();
  const auto claimed = Reference::Parse(docker_reference);
  if (!claimed) {
    return Fail(Reason::kPayloadMalformed,
                "docker-reference '" + docker_reference + "'");
  }
  const auto wanted = signed_repository.value_or(name).Repository();
  if (claimed->Repository() != wanted) {
    return Fail(Reason::kSignatureOtherRepository,
                "signed for " + claimed->Repository() + ", wanted " + wanted);
  }
  return Ok();
}

}  // namespace assay
