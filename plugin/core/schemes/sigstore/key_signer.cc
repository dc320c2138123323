#include "core/schemes/sigstore/key_signer.h"

#include <algorithm>

#include "base/limits.h"
#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/bundle_signature.h"
#include "core/schemes/sigstore/legacy.h"

namespace assay {
namespace {

bool IsLegacy(const UntrustedArtifact& artifact) {
  const auto& manifest = *artifact.manifest;
  return artifact.origin == ArtifactOrigin::kCosignTag ||
         manifest.artifact_type == kLegacyArtifactType ||
         manifest.config.media_type == kLegacyArtifactType;
}

// The descriptor's artifactType is left aside: some writers of fallback tags
// put another one there.
bool IsBundle(const UntrustedArtifact& artifact) {
  const auto& manifest = *artifact.manifest;
  return artifact.origin == ArtifactOrigin::kReferrer &&
         (manifest.artifact_type.starts_with(kBundleTypePrefix) ||
          (!manifest.layers.empty() &&
           manifest.layers.front().media_type.starts_with(kBundleTypePrefix)));
}

// What was fetched for a layer; checked here again although whoever fetched it
// has checked it.
Result<std::string_view> BlobOf(const UntrustedArtifact& artifact,
                                const Descriptor& layer) {
  const auto blob =
      std::find_if(artifact.blobs.begin(), artifact.blobs.end(),
                   [&](const UntrustedBlob& candidate) {
                     return candidate.descriptor.digest == layer.digest;
                   });
  if (blob == artifact.blobs.end()) {
    return Fail(Reason::kEvidenceUnavailable,
                "the blob " + layer.digest.str() + " is not there");
  }
  if (static_cast<std::int64_t>(blob->bytes.size()) != layer.size ||
      !layer.digest.Matches(blob->bytes)) {
    return Fail(Reason::kEvidenceTampered, layer.digest.str());
  }
  return std::string_view(blob->bytes);
}

// A referrer must name the image itself; the fallback tag proves nothing.
Status CheckSubject(const UntrustedArtifact& artifact,
                    const SigningTarget& target) {
  if (artifact.origin != ArtifactOrigin::kReferrer) return Ok();
  const auto& subject = artifact.manifest->subject;
  if (!subject) return Fail(Reason::kArtifactSubject, "it names no subject");
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), subject->digest) ==
      digests.end()) {
    return Fail(Reason::kArtifactSubject,
                "its subject is " + subject->digest.str());
  }
  return Ok();
}

}  // namespace

EvidencePlaces SigstoreKeySigner::Places() const {
  EvidencePlaces places;
  places.cosign_tag = true;
  places.referrers = true;
  return places;
}

std::string SigstoreKeySigner::Summary() const {
  std::string text = policy_.keyring.Summary();
  if (policy_.signed_repository) {
    text += ", signed for " + policy_.signed_repository->Repository();
  }
  if (policy_.identity == SignedIdentity::kAny) {
    text += ", signed for any repository";
  }
  for (const auto& [key, value] : policy_.annotations) {
    text += ", annotation " + key + "=" + value;
  }
  return text;
}

void SigstoreKeySigner::Record(const UntrustedArtifact& artifact,
                               Result<KeyMatch> match,
                               Findings& findings) const {
  if (!match) {
    findings.failed.push_back(
        {name(), artifact.where, std::move(match).error()});
    return;
  }
  findings.verified.push_back(Verified(match->key->identity, match->target,
                                       artifact.where,
                                       policy_.keyring.valid_until()));
}

void SigstoreKeySigner::VerifyLegacy(const SigningTarget& target,
                                     const UntrustedArtifact& artifact,
                                     Findings& findings) const {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() > limits::kSignatureLayers) {
    Record(artifact, Fail(Reason::kEvidenceTooMany, "layers of one artifact"),
           findings);
    return;
  }
  for (const auto& layer : layers) {
    if (layer.media_type != kSimpleSigningMediaType) continue;
    const auto payload = BlobOf(artifact, layer);
    if (!payload) {
      Record(artifact, payload.error(), findings);
      continue;
    }
    Record(artifact, VerifyLegacyLayer(policy_, target, layer, *payload),
           findings);
  }
}

void SigstoreKeySigner::VerifyBundle(const SigningTarget& target,
                                     const UntrustedArtifact& artifact,
                                     Findings& findings) const {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() != 1 ||
      !layers.front().media_type.starts_with(kBundleTypePrefix)) {
    Record(artifact,
           Fail(Reason::kBundleMalformed, "the artifact is not one bundle"),
           findings);
    return;
  }
  const auto bundle = BlobOf(artifact, layers.front());
  if (!bundle) {
    Record(artifact, bundle.error(), findings);
    return;
  }
  Record(artifact, VerifyKeyBundle(policy_, target, *bundle), findings);
}

void SigstoreKeySigner::Verify(const SigningTarget& target,
                               std::span<const UntrustedArtifact> artifacts,
                               Findings& findings) const {
  std::size_t left = limits::kSignaturesTried;
  for (const auto& artifact : artifacts) {
    if (!artifact.manifest) continue;
    const bool legacy = IsLegacy(artifact);
    if (!legacy && !IsBundle(artifact)) continue;
    const std::size_t count = legacy ? artifact.manifest->layers.size() : 1;
    if (count > left) {
      Record(artifact, Fail(Reason::kEvidenceTooMany, "signatures of an image"),
             findings);
      return;
    }
    left -= count;
    const auto subject = CheckSubject(artifact, target);
    if (!subject) {
      Record(artifact, subject.error(), findings);
    } else if (legacy) {
      VerifyLegacy(target, artifact, findings);
    } else {
      VerifyBundle(target, artifact, findings);
    }
  }
}

}  // namespace assay
