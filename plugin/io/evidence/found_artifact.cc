#include "io/evidence/found_artifact.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 4> kSignatureTypes = {
    "application/vnd.dev.sigstore.bundle",
    "application/vnd.dev.cosign.",
    "application/vnd.assay.signature.v1",
    "application/vnd.cncf.notary.signature",
};

bool IsSignatureType(std::string_view type) {
  return std::any_of(
      kSignatureTypes.begin(), kSignatureTypes.end(),
      [&](std::string_view known) { return type.starts_with(known); });
}

Error Tampered(std::string detail) {
  return Fail(Reason::kEvidenceTampered, std::move(detail));
}

Status CheckBlob(const Descriptor& layer, const UntrustedBlob& blob) {
  if (layer.size != static_cast<std::int64_t>(blob.bytes.size()) ||
      !layer.digest.Matches(blob.bytes)) {
    return Tampered("blob " + layer.digest.str());
  }
  return Ok();
}

Status CheckManifest(const FoundArtifact& found) {
  if (found.digest.Matches(found.manifest)) return Ok();
  return Tampered("manifest " + found.digest.str());
}

// The manifest is the one in `found`, whose digest was checked.
Result<OpenedArtifact> Join(FoundArtifact found, ImageManifest manifest) {
  if (found.origin == ArtifactOrigin::kReferrer &&
      (!manifest.subject || manifest.subject->digest != found.target)) {
    return Tampered(found.digest.str() + " refers to another image");
  }
  if (manifest.layers.size() > limits::kSignatureLayers) {
    return Fail(Reason::kEvidenceTooMany,
                found.digest.str() + " has " +
                    std::to_string(manifest.layers.size()) + " layers");
  }
  std::vector<UntrustedBlob> blobs;
  for (const Descriptor& layer : manifest.layers) {
    const auto blob = std::find_if(
        found.blobs.begin(), found.blobs.end(), [&](const auto& candidate) {
          return candidate.descriptor.digest == layer.digest;
        });
    if (blob == found.blobs.end()) {
      return Tampered("blob " + layer.digest.str() + " is not there");
    }
    if (auto checked = CheckBlob(layer, *blob); !checked) {
      return checked.error();
    }
    // The manifest's descriptor counts: annotations carry signatures.
    blobs.push_back({layer, blob->bytes});
  }
  return OpenedArtifact{
      {found.origin, std::move(found.target), std::move(found.where),
       std::move(manifest), std::move(blobs)},
      found.fetched_at,
      std::move(found.digest),
      std::move(found.manifest)};
}

}  // namespace

Result<OpenedArtifact> Open(FoundArtifact found) {
  if (auto checked = CheckManifest(found); !checked) return checked.error();
  auto manifest = ImageManifest::Parse(found.manifest);
  if (!manifest) return WithContext(manifest.error(), found.digest.str());
  return Join(std::move(found), *std::move(manifest));
}

Result<OpenedArtifact> Open(FoundArtifact found, ImageManifest manifest) {
  if (auto checked = CheckManifest(found); !checked) return checked.error();
  return Join(std::move(found), std::move(manifest));
}

std::string_view OriginName(ArtifactOrigin origin) {
  switch (origin) {
    case ArtifactOrigin::kCosignTag:
      return "cosign-tag";
    case ArtifactOrigin::kAttestationTag:
      return "attestation-tag";
    case ArtifactOrigin::kReferrer:
      return "referrer";
    case ArtifactOrigin::kBaseImage:
      return "base-image";
    case ArtifactOrigin::kImage:
      return "image";
    case ArtifactOrigin::kLookaside:
      return "lookaside";
    case ArtifactOrigin::kDetachedFile:
    case ArtifactOrigin::kUnknown:
      break;
  }
  return "unknown";
}

ArtifactOrigin OriginOf(std::string_view name) {
  for (const auto origin :
       {ArtifactOrigin::kCosignTag, ArtifactOrigin::kAttestationTag,
        ArtifactOrigin::kReferrer, ArtifactOrigin::kBaseImage,
        ArtifactOrigin::kImage, ArtifactOrigin::kLookaside}) {
    if (name == OriginName(origin)) return origin;
  }
  return ArtifactOrigin::kUnknown;
}

bool MayBeSignature(const ImageManifest& manifest) {
  if (manifest.artifact_type.empty()) return true;
  return IsSignatureType(manifest.artifact_type) ||
         IsSignatureType(manifest.config.media_type) ||
         (!manifest.layers.empty() &&
          IsSignatureType(manifest.layers.front().media_type));
}

}  // namespace assay
