// ClusterAccess: how this node reaches the API server of its cluster, and as
// whom: by a kubeconfig file or by the service account of a pod.
#ifndef ASSAY_IO_KUBERNETES_CLUSTER_ACCESS_H_
#define ASSAY_IO_KUBERNETES_CLUSTER_ACCESS_H_

#include <string>

#include "base/paths.h"
#include "base/result.h"
#include "io/config/node_config.h"
#include "io/kubernetes/cluster_identity.h"

namespace assay {

struct ClusterAccess {
  ClusterIdentity cluster;
  std::string client_certificate;  // PEM, "" for none
  std::string client_key;          // PEM
  std::string token;               // "" for none
};

// Read anew for each request: tokens and certificates are replaced while they
// are valid. What is not understood is refused by name, never passed over: a
// kubeconfig may say that nothing is to be verified, or name a program to run.
// Authorities that are named and empty are refused, too.
// Errors: kConfigurationMalformed, and those of io/files.
Result<ClusterAccess> ReadClusterAccess(const Paths& paths,
                                        const KubernetesSettings& settings);

// The same of a kubeconfig's text; files that it names are relative to
// `folder`.
Result<ClusterAccess> ReadKubeconfig(std::string_view text,
                                     const std::string& folder);

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_CLUSTER_ACCESS_H_
