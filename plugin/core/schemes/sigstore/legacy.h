// The legacy form of a cosign signature: one layer of a `.sig` manifest (or of
// its OCI 1.1 referrer twin), payload in the layer's bytes, signature and
// material in its annotations (cosign specs/SIGNATURE_SPEC.md). In that of an
// attestation, one layer of a `.att` manifest, the bytes are an envelope with
// its signature (cosign specs/ATTESTATION_SPEC.md).
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
inline constexpr std::string_view kEnvelopeMediaType =
    "application/vnd.dsse.envelope.v1+json";
inline constexpr std::string_view kLegacyAttestationType =
    "application/vnd.dev.cosign.artifact.att.v1+json";

// `payload` hashes to `layer`'s digest. Errors: kTooLarge, kBase64Malformed,
// kBundleMalformed, kCertificateMalformed.
Result<Candidate> ReadLegacyLayer(const Descriptor& layer,
                                  std::string_view payload);

// The same of `bytes`. Errors: those of ReadLegacyLayer but for kTooLarge,
// those of Json::Parse, kPayloadType.
Result<Candidate> ReadAttestationLayer(const Descriptor& layer,
                                       std::string_view bytes);

// The predicate type that an attestation's layer claims; "" for none.
std::string ClaimedPredicateType(const Descriptor& layer);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_LEGACY_H_
