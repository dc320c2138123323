// Attestations of Google's Binary Authorization, as
// `gcloud container binauthz attestations list --format=json` exports them:
// occurrences of kind ATTESTATION (Grafeas v1), each a payload and signatures
// over its bytes. Nothing of an occurrence but these is read.
#ifndef ASSAY_CORE_SCHEMES_DETACHED_BINARY_AUTHORIZATION_H_
#define ASSAY_CORE_SCHEMES_DETACHED_BINARY_AUTHORIZATION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct ExportedSignature {
  std::string bytes;
  // Of the key's SubjectPublicKeyInfo, where its id is one ("ni:///sha-256;");
  // a claim that words a refusal.
  std::optional<Digest> key;
};

struct ExportedAttestation {
  std::string payload;  // as it was signed; SimpleSigning reads it
  std::vector<ExportedSignature> signatures;
};

// One occurrence, a list of them, or an object with `occurrences`. Errors:
// those of Json::Parse, kPayloadMalformed, kEvidenceTooMany.
Result<std::vector<ExportedAttestation>> ReadAttestations(
    std::string_view text);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_DETACHED_BINARY_AUTHORIZATION_H_
