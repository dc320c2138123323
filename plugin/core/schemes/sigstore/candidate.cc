#include "core/schemes/sigstore/candidate.h"

#include <algorithm>

#include "base/limits.h"
#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/legacy.h"

namespace assay {
namespace {

constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";

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
  const auto blob = std::find_if(artifact.blobs.begin(), artifact.blobs.end(),
                                 [&](const UntrustedBlob& one) {
                                   return one.descriptor.digest == layer.digest;
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
                    const std::vector<Digest>& digests) {
  if (artifact.origin != ArtifactOrigin::kReferrer) return Ok();
  const auto& subject = artifact.manifest->subject;
  if (!subject) return Fail(Reason::kArtifactSubject, "it names no subject");
  if (std::find(digests.begin(), digests.end(), subject->digest) ==
      digests.end()) {
    return Fail(Reason::kArtifactSubject,
                "its subject is " + subject->digest.str());
  }
  return Ok();
}

std::vector<Result<Candidate>> ReadLegacy(const UntrustedArtifact& artifact) {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() > limits::kSignatureLayers) {
    return {Fail(Reason::kEvidenceTooMany, "layers of one artifact")};
  }
  std::vector<Result<Candidate>> candidates;
  for (const auto& layer : layers) {
    if (layer.media_type != kSimpleSigningMediaType) continue;
    const auto payload = BlobOf(artifact, layer);
    candidates.push_back(payload ? ReadLegacyLayer(layer, *payload)
                                 : Result<Candidate>(payload.error()));
  }
  return candidates;
}

Result<Candidate> OfEnvelope(Bundle bundle) {
  if (bundle.envelope->type != kInTotoType) {
    return Fail(Reason::kPayloadType, "'" + bundle.envelope->type + "'");
  }
  std::string signed_bytes = bundle.envelope->SignedBytes();
  return Candidate{std::move(bundle.material), std::move(bundle.signature),
                   std::move(signed_bytes), std::move(bundle.envelope), true};
}

// The digest beside the signature proves nothing, it only tells a wrong file
// from a wrong signature.
Result<Candidate> OfMessage(Bundle bundle, const SignedMessage& artifact) {
  const Digest* found = artifact.By(bundle.message->algorithm());
  if (found != nullptr && *found != *bundle.message) {
    return Fail(
        Reason::kSignatureOtherImage,
        "signed is " + bundle.message->str() + ", this is " + found->str());
  }
  return Candidate{std::move(bundle.material),
                   std::move(bundle.signature),
                   {},
                   std::nullopt,
                   true,
                   artifact};
}

Result<Candidate> ReadBundle(const UntrustedArtifact& artifact) {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() != 1 ||
      !layers.front().media_type.starts_with(kBundleTypePrefix)) {
    return Fail(Reason::kBundleMalformed, "the artifact is not one bundle");
  }
  const auto bytes = BlobOf(artifact, layers.front());
  if (!bytes) return bytes.error();
  auto bundle = Bundle::Parse(*bytes);
  if (!bundle) return bundle.error();
  if (!bundle->envelope) {
    return Fail(Reason::kBundleContent,
                "it signs bytes (messageSignature), not an image statement");
  }
  return OfEnvelope(*std::move(bundle));
}

std::vector<Result<Candidate>> ReadOne(const UntrustedArtifact& artifact,
                                       const std::vector<Digest>& digests) {
  const auto subject = CheckSubject(artifact, digests);
  if (!subject) return {subject.error()};
  if (IsLegacy(artifact)) return ReadLegacy(artifact);
  return {ReadBundle(artifact)};
}

}  // namespace

std::string Envelope::SignedBytes() const {
  return "DSSEv1 " + std::to_string(type.size()) + " " + type + " " +
         std::to_string(payload.size()) + " " + payload;
}

Result<Candidate> ReadArtifactBundle(std::string_view bytes,
                                     const SignedMessage& artifact) {
  auto bundle = Bundle::Parse(bytes);
  if (!bundle) return bundle.error();
  return bundle->envelope ? OfEnvelope(*std::move(bundle))
                          : OfMessage(*std::move(bundle), artifact);
}

void VisitCandidates(
    std::span<const UntrustedArtifact> artifacts,
    const std::vector<Digest>& digests,
    const std::function<void(const std::string& where,
                             const Result<Candidate>& candidate)>& visit) {
  std::size_t left = limits::kSignaturesTried;
  for (const auto& artifact : artifacts) {
    if (!artifact.manifest) continue;
    const bool legacy = IsLegacy(artifact);
    if (!legacy && !IsBundle(artifact)) continue;
    const std::size_t count = legacy ? artifact.manifest->layers.size() : 1;
    if (count > left) {
      visit(artifact.where,
            Fail(Reason::kEvidenceTooMany, "signatures of an image"));
      return;
    }
    left -= count;
    for (const auto& candidate : ReadOne(artifact, digests)) {
      visit(artifact.where, candidate);
    }
  }
}

}  // namespace assay
