// A transparency log entry beside a signature: what a log says it recorded.
// Reading one verifies nothing and makes no time believable.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_LOG_ENTRY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_LOG_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/trust/merkle.h"

namespace assay {

// Where the log proves that the entry is in its tree.
struct LoggedInclusion {
  InclusionPath path;
  std::string root;        // raw
  std::string checkpoint;  // a signed note
};

struct LogEntry {
  std::string log_id;  // raw
  std::int64_t index = 0;
  std::string kind;                  // "hashedrekord"
  std::string version;               // "0.0.1"
  std::int64_t integrated_time = 0;  // seconds; a claim
  std::string promise;  // a signed entry timestamp, "" where there is none
  std::optional<LoggedInclusion> inclusion;
  std::string body;  // the entry's canonical bytes
};

// Annotation dev.sigstore.cosign/bundle; it can only hold a promise. Errors:
// kBundleMalformed, and those of Json::Parse.
Result<LogEntry> ReadLegacyLogEntry(std::string_view json);

// What a bundle's version demands of its log entries (sigstore_bundle.proto):
// 0.1 a promise, later ones a proof.
enum class InclusionRule : std::uint8_t { kPromise = 1, kProof };

// verificationMaterial.tlogEntries; null where absent. Errors:
// kBundleMalformed.
Result<std::vector<LogEntry>> ReadLogEntries(const Json* entries,
                                             InclusionRule rule);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_LOG_ENTRY_H_
