// The legacy form of a cosign signature: one layer of a `.sig` manifest (or of
// its OCI 1.1 referrer twin), payload in the layer's bytes, signature and
// material in its annotations (cosign specs/SIGNATURE_SPEC.md).
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_LEGACY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_LEGACY_H_

#include <string_view>

#include "core/schemes/sigstore/candidate.h"
#include "core/subject/descriptor.h"

namespace assay {

inline constexpr std::string_view kSimpleSigningMediaType =
    "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view kLegacyArtifactType =
    "application/vnd.dev.cosign.artifact.sig.v1+json";

// `payload` hashes to `layer`'s digest. Errors: kTooLarge, kBase64Malformed,
// kBundleMalformed, kCertificateMalformed.
Result<Candidate> ReadLegacyLayer(const Descriptor& layer,
                                  std::string_view payload);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_LEGACY_H_
