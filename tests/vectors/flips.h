// Artifacts with one bit of what matters turned over, everything around it
// made consistent again so that no outer check catches the change first.
#ifndef ASSAY_TESTS_VECTORS_FLIPS_H_
#define ASSAY_TESTS_VECTORS_FLIPS_H_

#include <functional>
#include <string>

#include "core/evidence/untrusted_artifact.h"

namespace assay::vectors {

UntrustedBlob BlobOf(const std::string& media_type, const std::string& bytes);

// Calls `visit` with copies of `artifact`, one flipped bit each: of a legacy
// payload or signature, of a bundle's payload or signature, of a plain
// signature (in its decoded form). Long texts are sampled evenly.
void ForEachFlip(const UntrustedArtifact& artifact,
                 const std::function<void(UntrustedArtifact)>& visit);

// A PEM key with one bit of its DER flipped; `bit` wraps around.
std::string FlipKey(const std::string& pem, int bit);

Digest FlipDigest(const Digest& digest);

}  // namespace assay::vectors

#endif  // ASSAY_TESTS_VECTORS_FLIPS_H_
