// When the node was last seen to refuse what nobody signed, as `assay doctor
// --canary` keeps it in /var/lib/assay/proof.json.
#ifndef ASSAY_IO_REPORT_LAST_PROOF_H_
#define ASSAY_IO_REPORT_LAST_PROOF_H_

#include <optional>

#include "base/clock.h"
#include "base/paths.h"

namespace assay {

// Null where there is no proof, or none that can be read.
std::optional<Time> LastProof(const Paths& paths);

}  // namespace assay

#endif  // ASSAY_IO_REPORT_LAST_PROOF_H_
