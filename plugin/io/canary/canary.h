// The canary: proof that this node refuses what nobody signed. The real runtime
// is asked to pull and to start an image made this moment, for each of its
// handlers, and it passes only when Assay refused it and says so in its audit
// log. What it finds are checks, as everything that `assay doctor` finds.
#ifndef ASSAY_IO_CANARY_CANARY_H_
#define ASSAY_IO_CANARY_CANARY_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"
#include "io/wire/checks.h"

namespace assay {

struct CanaryOptions {
  Paths paths;
  std::string socket;  // containerd's, for CRI and its own services
  std::vector<std::string> handlers;  // RuntimeClass handlers to prove
  Time now{};
};

// Adds "canary-pull" and one "canary" for each handler, and keeps when it was
// last proven. Takes a few seconds; leaves no pod, container or image.
void CheckByCanary(const CanaryOptions& options, Checks& checks);

// How one start of the canary ended. `record` is what the audit log has about
// the container, `error` the runtime's answer, nullopt where it started.
Check JudgeStart(const std::string& handler, const std::optional<Json>& record,
                 const std::optional<std::string>& error);

// Adds "proof": when the canary last proved it; a warning when that is long
// ago. Never yet is none.
void CheckLastProof(const Paths& paths, Time now, Checks& checks);

}  // namespace assay

#endif  // ASSAY_IO_CANARY_CANARY_H_
