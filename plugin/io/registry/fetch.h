// One FetchRequest over the hosts that may answer it, in their order.
#ifndef ASSAY_IO_REGISTRY_FETCH_H_
#define ASSAY_IO_REGISTRY_FETCH_H_

#include "io/registry/call.h"
#include "io/registry/task.h"

namespace assay::registry {

// `call` and `request` are borrowed until the task ends.
Task<Result<Fetched>> Fetch(Call& call, const FetchRequest& request,
                            Deadline deadline);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_FETCH_H_
