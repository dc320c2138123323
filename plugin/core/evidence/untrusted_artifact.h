// UntrustedArtifact: bytes that may be a signature of an image, as found in a
// registry, in the evidence store or in a folder. Step 4 of the walk. Nothing
// in it is believed; a scheme's verification binds it to the image.
#ifndef ASSAY_CORE_EVIDENCE_UNTRUSTED_ARTIFACT_H_
#define ASSAY_CORE_EVIDENCE_UNTRUSTED_ARTIFACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/subject/descriptor.h"
#include "core/subject/manifest.h"

namespace assay {

enum class ArtifactOrigin : std::uint8_t {
  kUnknown = 0,
  kCosignTag,       // tag "<algorithm>-<hex>.sig" of the image's repository
  kAttestationTag,  // the same ending in ".att"
  kReferrer,        // referrers API or its fallback tag
  kDetachedFile,    // a file in a signature folder, named by digest
  kLookaside,       // a file of a lookaside store
  kBaseImage,       // no signature: the documents of a base, kept by the store
  kImage,           // no signature: the image's own documents, kept likewise
};

struct UntrustedBlob {
  Descriptor descriptor;
  std::string bytes;  // hash to descriptor.digest and have its size
};

struct UntrustedArtifact {
  ArtifactOrigin origin = ArtifactOrigin::kUnknown;
  Digest target;      // the digest it was found for: a claim
  std::string where;  // for people: "registry.example.com/app:sha256-ab.sig"
  // Of a registry artifact; nullopt for a detached file.
  std::optional<ImageManifest> manifest;
  std::vector<UntrustedBlob> blobs;  // the manifest's layers, or the file
};

}  // namespace assay

#endif  // ASSAY_CORE_EVIDENCE_UNTRUSTED_ARTIFACT_H_
