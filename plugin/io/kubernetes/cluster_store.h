// ClusterStore: what the API server said last about the objects that a policy
// names, on disk: for restarts, and for the one-shot decider. One file an
// object, replaced whole. Only entries that somebody chose are kept, and of
// those only what anybody may see, so nothing private of an object reaches the
// disk.
#ifndef ASSAY_IO_KUBERNETES_CLUSTER_STORE_H_
#define ASSAY_IO_KUBERNETES_CLUSTER_STORE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/paths.h"
#include "base/result.h"
#include "core/schemes/cluster_reference.h"
#include "core/schemes/trust_files.h"
#include "io/config/node_config.h"

namespace assay {

class Json;

// What an object holds for one way to name an entry of it (see
// ClusterReference::item): entries, or in words why there are none.
struct ClusterItem {
  std::vector<TrustFile> files;  // paths are names of entries
  std::string problem;

  bool operator==(const ClusterItem& other) const;
};

struct KeptObject {
  std::string version;  // resourceVersion, "" where there is no such object
  Time confirmed_at{};  // about when the server was heard last
  std::map<std::string, ClusterItem> items;
  std::string cluster = {};  // ClusterIdentity of the one that said so
};

class ClusterStore {
 public:
  // What is kept under other settings, or of another cluster than the one that
  // they lead to now, counts for nothing. Where nobody can tell which that is,
  // what is kept stays.
  ClusterStore(const Paths& paths, const KubernetesSettings& settings);

  // Errors: kNotFound, kKubernetesPending (what is there cannot be used).
  Result<KeptObject> Load(const ClusterObject& object) const;
  // Errors: kDiskFull, kWriteFailed.
  Status Save(const ClusterObject& object, const KeptObject& kept) const;
  // Error: kWriteFailed, when it is still there.
  Status Remove(const ClusterObject& object) const;
  // Removes what is kept of all others.
  void Retain(const std::set<ClusterObject>& objects) const;

  // The keys behind a reference, as signers see them: its entries. Errors:
  // kKubernetesPending, kKubernetesGone.
  Result<std::vector<TrustFile>> Read(const ClusterReference& reference) const;

 private:
  std::string PathOf(const ClusterObject& object) const;

  Paths paths_;
  KubernetesSettings settings_;
  std::string folder_;
  std::string source_;  // which settings
};

// What an object yields for each of `items`; null for one that is not there. A
// chosen entry that may be private is there, and empty.
std::map<std::string, ClusterItem> ItemsOf(const Json* object,
                                           const std::set<std::string>& items);
// The answer that signers get. Errors: kKubernetesPending, kKubernetesGone.
Result<std::vector<TrustFile>> KeysOf(const ClusterReference& reference,
                                      const KeptObject& kept);

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_CLUSTER_STORE_H_
