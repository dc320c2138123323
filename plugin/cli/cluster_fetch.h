// How commands that may wait ask a cluster for keys that the daemon of this
// node does not know of, or that has none.
#ifndef ASSAY_CLI_CLUSTER_FETCH_H_
#define ASSAY_CLI_CLUSTER_FETCH_H_

#include "base/paths.h"
#include "io/policy/node_trust.h"

namespace assay {

// By [kubernetes] of assayd.toml or, where there is none, by the file that
// KUBECONFIG names. What cannot be asked is kKubernetesPending: the policy is
// read, and its signer lacks that key.
ClusterFetch FetchFromCluster(const Paths& paths);

}  // namespace assay

#endif  // ASSAY_CLI_CLUSTER_FETCH_H_
