#include "core/schemes/notation/envelope_signer.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/limits.h"
#include "core/schemes/notation/judgement.h"

namespace assay {
namespace {

// What is judged of an artifact: nothing but the one envelope it holds, whose
// bytes are those of the digest.
using EnvelopeKey = std::pair<std::string, Digest>;

// nullopt where it holds something else.
std::optional<EnvelopeKey> KeyOf(const UntrustedArtifact& artifact) {
  if (artifact.blobs.size() != 1) return std::nullopt;
  const UntrustedBlob& blob = artifact.blobs.front();
  const Descriptor& descriptor = blob.descriptor;
  if (!descriptor.digest.Matches(blob.bytes)) return std::nullopt;
  return EnvelopeKey(descriptor.media_type, descriptor.digest);
}

}  // namespace

EvidencePlaces EnvelopeSigner::Places() const {
  EvidencePlaces places;
  places.referrers = true;
  return places;
}

void EnvelopeSigner::Verify(const SigningTarget& target,
                            std::span<const UntrustedArtifact> artifacts,
                            Findings& findings) const {
  if (target.signatures) VerifySignatures(target, artifacts, findings);
}

void EnvelopeSigner::VerifyUnder(const NotationTerms& terms,
                                 const SignerWindow& window,
                                 const SigningTarget& target,
                                 std::span<const UntrustedArtifact> artifacts,
                                 Findings& findings) const {
  const auto fail = [&](const UntrustedArtifact& artifact, Error why) {
    findings.failed.push_back({name(), artifact.where, std::move(why)});
  };
  std::set<EnvelopeKey> seen;
  std::size_t left = limits::kSignaturesTried;
  for (const UntrustedArtifact& artifact : artifacts) {
    if (!target.Admits(artifact) || !IsNotation(artifact)) continue;
    auto key = KeyOf(artifact);
    if (key && !seen.insert(*std::move(key)).second) continue;
    if (left-- == 0) {
      fail(artifact, Fail(Reason::kEvidenceTooMany, "signatures of an image"));
      return;
    }
    auto judged = JudgeArtifact(terms, target, artifact);
    const Status open = window.Judge(target.now);
    if (!judged || !open) {
      fail(artifact, judged ? open.error() : judged.error());
      continue;
    }
    for (Error& noted : judged->noted) {
      fail(artifact, WithContext(std::move(noted), "only noted"));
    }
    findings.verified.push_back(
        Verified(std::move(judged->identity), std::move(judged->target),
                 artifact.where, Earlier(window.until, judged->valid_until)));
  }
}

}  // namespace assay
