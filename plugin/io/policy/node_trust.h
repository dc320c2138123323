// NodeTrust: the trust folder of a node, what the TUF repository of its
// assayd.toml publishes, and what its cluster holds, as far as that is known on
// disk.
#ifndef ASSAY_IO_POLICY_NODE_TRUST_H_
#define ASSAY_IO_POLICY_NODE_TRUST_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/paths.h"
#include "core/schemes/cluster_reference.h"
#include "io/policy/trust_folder.h"
#include "io/tuf/tuf_store.h"

namespace assay {

// Asks an API server where nothing is known on disk. Errors: as
// TrustFiles::ReadCluster.
using ClusterFetch = std::function<Result<std::vector<TrustFile>>(
    const ClusterReference& reference)>;

// For one thread, and for one reading of the policy.
class NodeTrust final : public TrustFolder {
 public:
  explicit NodeTrust(const Paths& paths, ClusterFetch fetch = {})
      : TrustFolder(paths.TrustDir()),
        paths_(paths),
        fetch_(std::move(fetch)) {}

  std::string OnNode(std::string_view path) const override {
    return paths_.root() + std::string(path);
  }

  // Errors: kPolicyMalformed (a name no repository has, too many names),
  // kPolicyKeyUnreadable (no [trust.tuf], a pinned root that cannot be used),
  // kTrustMissing.
  Result<PublishedFile> ReadPublished(std::string_view name) override;

  // Errors: kPolicyMalformed (a name no object has, too many names),
  // kPolicyKeyUnreadable (no [kubernetes]), kKubernetesPending,
  // kKubernetesGone.
  Result<std::vector<TrustFile>> ReadCluster(std::string_view name) override;

  // What was asked for: what a refresh should fetch.
  const std::set<std::string>& published_names() const { return names_; }
  const std::set<ClusterReference>& cluster_references() const {
    return references_;
  }

 private:
  struct Repository {
    TufSettings settings;
    TufState state;
  };
  Result<Repository> Open() const;

  Result<std::vector<TrustFile>> ReadKept(
      const ClusterReference& reference) const;

  Paths paths_;
  ClusterFetch fetch_;
  std::set<ClusterReference> references_;
  std::set<std::string> names_;
  std::optional<Result<Repository>> repository_;  // opened when it is needed
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_NODE_TRUST_H_
