// What a log entry's body must say about a signature: that exactly this
// signature, by exactly this key or certificate, over exactly these bytes was
// recorded (rekor pkg/types; rekor-tiles docs). Without it an entry of
// anything else would do.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_LOG_BODY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_LOG_BODY_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/schemes/sigstore/candidate.h"
#include "core/trust/public_key.h"

namespace assay {

// A signature that was verified, as a log may have recorded it.
struct LoggedSignature {
  const Candidate& candidate;    // borrowed
  PublicKey key;                 // that made the signature
  SignatureAlgorithm algorithm;  // by which it verified
};

// The bodies of Rekor's first generation: hashedrekord 0.0.1, dsse 0.0.1,
// intoto 0.0.2. Errors: kLogEntryKind, kLogEntryMismatch, those of
// Json::Parse.
Status CheckLogBody(const LogEntry& entry, const LoggedSignature& logged);

// The bytes that a log of the second generation recorded for this signature
// (hashedrekord 0.0.2), made anew; what the entry carries is not looked at.
// Errors: kLogEntryMismatch, where the digest that was signed is not known.
Result<std::string> RebuildLogBody(const LoggedSignature& logged);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_LOG_BODY_H_
