// Shows one decision, given as the object of its audit line, to people.
#ifndef ASSAY_CLI_DECISION_VIEW_H_
#define ASSAY_CLI_DECISION_VIEW_H_

#include "base/json.h"
#include "cli/command.h"

namespace assay {

// A short table: verdict, image, digests, rule, who signed, what failed where,
// and what to do next; with --json the object itself. Returns the exit code for
// its `verdict` member; anything unknown there is undetermined.
ExitCode ShowDecision(Context& context, const Json& record);

}  // namespace assay

#endif  // ASSAY_CLI_DECISION_VIEW_H_
