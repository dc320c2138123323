// ClusterIdentity: which cluster an answer is of, so that what one cluster said
// never counts for another: by the address of its API server and the
// authorities that vouch for it, whatever the file is called that names both.
#ifndef ASSAY_IO_KUBERNETES_CLUSTER_IDENTITY_H_
#define ASSAY_IO_KUBERNETES_CLUSTER_IDENTITY_H_

#include <optional>
#include <string>

#include "base/paths.h"
#include "base/result.h"
#include "io/config/node_config.h"

namespace assay {

// Where Kubernetes mounts the account of a pod.
inline constexpr const char* kServiceAccount =
    "/var/run/secrets/kubernetes.io/serviceaccount";

struct ClusterIdentity {
  std::string server;       // "https://host:port", without a final slash
  std::string authorities;  // PEM; "" for the system's

  std::string str() const;  // a digest of both
};

// The cluster of a kubeconfig's current context; files that it names are
// relative to `folder`. Errors: kConfigurationMalformed, those of io/files.
Result<ClusterIdentity> ReadKubeconfigCluster(std::string_view text,
                                              const std::string& folder);

// That of the pod this runs in. Errors: as above.
Result<ClusterIdentity> ReadPodCluster(const Paths& paths);

// What the settings say now, without any credentials; nullopt where it cannot
// be told, as outside of the pod whose service account is used.
std::optional<ClusterIdentity> FindClusterIdentity(
    const Paths& paths, const KubernetesSettings& settings);

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_CLUSTER_IDENTITY_H_
