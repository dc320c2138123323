// FoundArtifact: a signature artifact with the manifest's own bytes, on its way
// into the evidence store. As little believed as an UntrustedArtifact.
#ifndef ASSAY_IO_EVIDENCE_FOUND_ARTIFACT_H_
#define ASSAY_IO_EVIDENCE_FOUND_ARTIFACT_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "core/evidence/untrusted_artifact.h"

namespace assay {

struct FoundArtifact {
  ArtifactOrigin origin = ArtifactOrigin::kUnknown;
  Digest target;
  std::string where;
  Time fetched_at{};
  Digest digest;                     // of `manifest`
  std::string manifest;              // raw bytes
  std::vector<UntrustedBlob> blobs;  // of its layers, each digest once
};

// An artifact that has passed Open(), with what the store keeps beside it.
struct OpenedArtifact {
  UntrustedArtifact content;
  Time fetched_at{};
  Digest digest;         // of `manifest`
  std::string manifest;  // raw bytes
};

// Checks every claim that can be checked without trust: the manifest's and the
// blobs' digests and sizes, that all layers are there, that a referrer's
// subject is the target, and the caps. Errors: kEvidenceTampered,
// kEvidenceTooLarge, kEvidenceTooMany and those of ImageManifest::Parse.
Result<OpenedArtifact> Open(FoundArtifact found);
// The same for a caller who has parsed `found.manifest`.
Result<OpenedArtifact> Open(FoundArtifact found, ImageManifest manifest);

// "cosign-tag", "attestation-tag", "referrer", "base-image", "image",
// "lookaside"; "unknown" for what is not kept in the store.
std::string_view OriginName(ArtifactOrigin origin);
ArtifactOrigin OriginOf(std::string_view name);

// False for a referrer that is plainly something else than a signature (an
// SBOM, a scan report), whose blobs are not worth fetching.
bool MayBeSignature(const ImageManifest& manifest);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_FOUND_ARTIFACT_H_
