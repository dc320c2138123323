// Candidate: one signature as an artifact holds it, in whatever form, parsed
// and unverified. What is judged about it does not depend on the form.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/evidence/untrusted_artifact.h"
#include "core/schemes/keyring.h"
#include "core/schemes/sigstore/log_entry.h"

namespace assay {

// The payload of a DSSE envelope (secure-systems-lab/dsse, envelope.md).
struct Envelope {
  std::string type;
  std::string payload;

  // What its signature is over: the pre-authentication encoding (protocol.md).
  std::string SignedBytes() const;
};

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

  // What the signature is over; borrows from this.
  SignedMessage Message() const {
    return artifact ? *artifact : SignedMessage(signed_bytes);
  }
};

// A bundle as a signature of any artifact, an image or not, of which digests
// are known. Errors: those of Bundle::Parse, kPayloadType, kSignatureOtherImage
// (the bundle says itself that it is of another one).
Result<Candidate> ReadArtifactBundle(std::string_view bundle,
                                     const SignedMessage& artifact);

// Calls `visit` for each candidate in artifacts of cosign's legacy and bundle
// forms, with where it was found; a candidate that does not read is an error of
// its own. `digests` are the image's. After limits::kSignaturesTried the rest
// is left alone with one kEvidenceTooMany. A candidate's errors:
// kArtifactSubject, kEvidenceTooMany, kEvidenceTampered, kEvidenceUnavailable,
// kBundleContent, kPayloadType, those of ReadLegacyLayer and Bundle::Parse.
void VisitCandidates(
    std::span<const UntrustedArtifact> artifacts,
    const std::vector<Digest>& digests,
    const std::function<void(const std::string& where,
                             const Result<Candidate>& candidate)>& visit);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_CANDIDATE_H_
