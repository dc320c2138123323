// Retirement: Assay is about to be removed, and every runtime must go on as if
// it had never been there. Configuration is restored, as undoing a wiring does.
// What still calls the shim's links is handed over to the real runtimes: shims
// of running containers (kill, delete, exec) and runtimes that have not read
// their restored configuration. No call fails meanwhile; a link always leads to
// the one or to the other.
#ifndef ASSAY_IO_WIRE_RETIRE_H_
#define ASSAY_IO_WIRE_RETIRE_H_

#include <string>
#include <vector>

#include "base/paths.h"
#include "base/result.h"
#include "io/wire/wiring.h"

namespace assay {

struct RetireReport {
  std::vector<std::string> restored;    // files
  std::vector<std::string> removed;     // links
  std::vector<LinkChange> handed_over;  // the shim's links, now the runtimes'
};

// May be repeated, also after it was cut short. Errors: those of UndoWiring,
// for any runtime that is wired, and that of a kubelet that pulls through the
// image proxy; then nothing at all is changed.
Result<RetireReport> RetireWiring(const Paths& paths, bool dry_run);

// What Assay has not put there it does not take away.
Status NoKubeletPullsThroughProxy(const Paths& paths);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_RETIRE_H_
