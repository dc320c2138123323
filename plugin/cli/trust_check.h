// What `assay doctor` says about the trust material that a TUF repository
// publishes and about keys that a cluster holds, from disk alone.
#ifndef ASSAY_CLI_TRUST_CHECK_H_
#define ASSAY_CLI_TRUST_CHECK_H_

#include "base/clock.h"
#include "base/paths.h"
#include "io/wire/checks.h"

namespace assay {

// Nothing where the policy names no such material.
void CheckPublishedTrust(const Paths& paths, Time now, Checks& checks);
// Nothing where the policy names no such keys.
void CheckClusterKeys(const Paths& paths, Time now, Checks& checks);

}  // namespace assay

#endif  // ASSAY_CLI_TRUST_CHECK_H_
