// Transparency log entries and timestamps beside a key's signature: their
// shape alone is checked. Nothing here makes anything trusted, and no time
// they carry is believed.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_LOG_MATERIAL_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_LOG_MATERIAL_H_

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// All errors: kBundleMalformed, and those of Json::Parse.

// Annotation dev.sigstore.cosign/bundle.
Status CheckLegacyLogEntry(std::string_view json);
// Annotation dev.sigstore.cosign/rfc3161timestamp.
Status CheckLegacyTimestamp(std::string_view json);

// What a bundle's version demands of its log entries (sigstore_bundle.proto):
// 0.1 a promise, later ones a proof.
enum class InclusionRule : std::uint8_t { kPromise = 1, kProof };

// verificationMaterial.tlogEntries and .timestampVerificationData; null where
// absent.
Status CheckLogEntries(const Json* entries, InclusionRule rule);
Status CheckTimestamps(const Json* data);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_LOG_MATERIAL_H_
