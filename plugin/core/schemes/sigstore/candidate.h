// Candidate: one signature as an artifact holds it, in whatever form, parsed
// and unverified. What is judged about it does not depend on the form.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/schemes/keyring.h"
#include "core/schemes/signer.h"
#include "core/schemes/sigstore/envelope.h"
#include "core/schemes/sigstore/log_entry.h"

namespace assay {

// What comes with a signature so that it can be verified.
struct Material {
  std::string key_hint;            // names a key; "" where there is none
  std::string certificate;         // DER of the signer's; "" where absent
  std::vector<std::string> chain;  // DER of more of them: hints, not believed
  std::vector<LogEntry> log_entries;
  std::vector<std::string> timestamps;  // DER of RFC 3161 responses
};

struct Candidate {
  Material material;
  std::string signature;
  std::string signed_bytes;
  // Of a signature over an envelope; else over a payload of its own.
  std::optional<Envelope> envelope;
  bool in_bundle = false;  // else of the legacy form
  // Of a signature over an artifact itself, which need not be at hand; then
  // there are neither signed bytes nor an envelope.
  std::optional<SignedMessage> artifact = {};
  // What time stamps are over, where that is not the signature.
  std::string stamped_bytes = {};

  // What the signature is over; borrows from this.
  SignedMessage Message() const {
    return artifact ? *artifact : SignedMessage(signed_bytes);
  }
  const std::string& StampedBytes() const {
    return stamped_bytes.empty() ? signature : stamped_bytes;
  }
};

struct FoundCandidate {
  const std::string& where;         // borrowed
  std::string claimed_type;         // FailedCheck::claimed_type
  const Result<Candidate>& result;  // borrowed; one that does not read fails
};

// A bundle as a signature of any artifact, an image or not, of which digests
// are known. Errors: those of Bundle::Parse, kPayloadType, kSignatureOtherImage
// (the bundle says itself that it is of another one).
Result<Candidate> ReadArtifactBundle(std::string_view bundle,
                                     const SignedMessage& artifact);

// Calls `visit` for each candidate in artifacts of cosign's legacy and bundle
// forms that may be what the target wants; of the legacy form, signatures and
// attestations are told apart by where they are and by their layers' types.
// After limits::kSignaturesTried the rest is left alone with one
// kEvidenceTooMany. A candidate's errors: kArtifactSubject, kEvidenceTooMany,
// kEvidenceTampered, kEvidenceUnavailable, kBundleContent, kPayloadType, those
// of ReadLegacyLayer, ReadAttestationLayer and Bundle::Parse.
void VisitCandidates(std::span<const UntrustedArtifact> artifacts,
                     const SigningTarget& target,
                     const std::function<void(const FoundCandidate&)>& visit);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_
