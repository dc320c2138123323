// ClusterClient: asks the API server of a cluster for objects by name, once or
// for as long as they are wanted. TLS is always verified, and by the cluster's
// own authorities alone where it names them; redirects are not followed.
#ifndef ASSAY_IO_KUBERNETES_CLUSTER_CLIENT_H_
#define ASSAY_IO_KUBERNETES_CLUSTER_CLIENT_H_

#include <functional>
#include <memory>
#include <set>

#include "base/json.h"
#include "io/kubernetes/cluster_access.h"
#include "io/kubernetes/cluster_wire.h"

namespace assay {

// Called on the thread that follows, one at a time.
struct ClusterEars {
  // The server said that this is the object now, or that there is none. Where
  // that could not be taken in, it is asked again.
  std::function<Status(const ClusterObject&, const ListedObject&)> heard;
  // Nothing changed.
  std::function<void(const ClusterObject&)> confirmed;
  // It could not be asked, or did not answer as it should; it is asked again.
  std::function<void(const ClusterObject&, const Error&)> failed;
};

class ClusterClient {
 public:
  // `access` is called before each request, by the thread that asks.
  explicit ClusterClient(std::function<Result<ClusterAccess>()> access);
  ~ClusterClient();
  ClusterClient(const ClusterClient&) = delete;
  ClusterClient& operator=(const ClusterClient&) = delete;

  // The object as it is, within limits::kKubernetesDeadline. Errors:
  // kKubernetesUnreachable, kKubernetesForbidden, kKubernetesProtocol, those of
  // the access.
  Result<ListedObject> Get(const ClusterObject& object);

  // Lists and watches the objects until Stop is called, before or while it
  // runs. One Follow at a time.
  void Follow(const std::set<ClusterObject>& objects, const ClusterEars& ears);
  // Thread-safe, also from an ear. Ends the Follow that runs or, where none
  // does, the next one.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_CLUSTER_CLIENT_H_
