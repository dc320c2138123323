// Witnesses: what the logs and time-stamping authorities of one trusted root
// attest about a signature that was verified.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_WITNESSES_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_WITNESSES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/schemes/sigstore/log_body.h"
#include "core/schemes/sigstore/trusted_root.h"

namespace assay {

struct Witnesses {
  std::size_t logs = 0;         // distinct logs that recorded it
  std::size_t authorities = 0;  // distinct ones that stamped it
  // Every proven time. Integrated times count only where the log signed them.
  std::vector<Time> times;
  // Until when the root may be relied on; nullopt for good. Of leaves it unset.
  std::optional<Time> fresh_until;

  // An entry or token of nobody in the root does not count; what claims to be
  // of a log in it must hold, else the signature is refused. `now` ends what
  // can have happened. Errors: those of CheckLogBody, kLogPromiseInvalid,
  // kLogProofInvalid, kCheckpointMalformed, kCheckpointInvalid, kLogTime,
  // kLogEntryTwice.
  static Result<Witnesses> Of(const LoggedSignature& logged,
                              const TrustedRoot& root, Time now);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_WITNESSES_H_
