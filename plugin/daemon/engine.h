// Engine: everything a decision needs on a node, built once and wired in one
// place; the daemon, the one-shot decider and the operator's commands differ
// only in what they put around it.
#ifndef ASSAY_DAEMON_ENGINE_H_
#define ASSAY_DAEMON_ENGINE_H_

#include <functional>
#include <memory>
#include <string>

#include "base/paths.h"
#include "core/question/resolver.h"
#include "core/verdict/verifier.h"
#include "io/config/node_config.h"
#include "io/containerd/inventory.h"
#include "io/containerd/resolver.h"
#include "io/evidence/base_collector.h"
#include "io/evidence/evidence_collector.h"
#include "io/evidence/evidence_store.h"
#include "io/layers/layer_hasher.h"
#include "io/registry/registry_client.h"
#include "io/registry/registry_resolver.h"
#include "io/revocation/revocation_keeper.h"
#include "io/rootfs/rootfs_checker.h"
#include "io/storage/resolver.h"
#include "io/trust_data/trust_data_keeper.h"

namespace assay {

// Sends each kind of claim to the resolver that knows it. A container's goes by
// where its bundle lies; each resolver proves the rest or refuses.
class NodeResolver : public Resolver, public BaseSource {
 public:
  NodeResolver(ContainerdResolver& containerd, StorageResolver& storage,
               Resolver& registry)
      : containerd_(containerd), storage_(storage), registry_(registry) {}

  Result<Subject> Resolve(const Question& question) override;

  // Of what the node holds, not of references.
  Result<std::string> Config(const Question& question, const Subject& subject,
                             const Reference& name, Reach reach) override;
  BaseSet Find(const BaseRequest& request) override;

 private:
  BaseSource& HolderOf(const Question& question);

  ContainerdResolver& containerd_;
  StorageResolver& storage_;
  Resolver& registry_;
};

// See the Options of RevocationKeeper and TrustDataKeeper; both may be empty.
struct KeeperCalls {
  std::function<void()> missed = {};
  std::function<void()> changed = {};
};

class Engine {
 public:
  Engine(const Paths& paths, const NodeConfig& config, KeeperCalls calls = {});

  const Verifier& verifier() const { return verifier_; }
  // How signatures are looked for, by whoever does so on this node.
  static EvidenceCollectorOptions CollectorOptions();
  RegistryClient& registry() { return registry_; }
  EvidenceStore& store() { return store_; }
  EvidenceSource& evidence() { return collector_; }
  RevocationKeeper& revocation() { return revocation_; }
  TrustDataKeeper& trust_data() { return trust_data_; }
  LayerHasher& layers() { return layers_; }
  RootfsChecker& rootfs() { return rootfs_; }
  ContainerdResolver& runtime() { return runtime_; }
  StorageResolver& storage() { return storage_; }
  ContainerdInventory& inventory() { return inventory_; }

 private:
  RegistryClient registry_;
  EvidenceStore store_;
  EvidenceCollector collector_;
  LayerHasher layers_;
  RootfsChecker rootfs_;
  ContainerdResolver runtime_;
  StorageResolver storage_;
  ContainerdInventory inventory_;
  RegistryResolver images_;
  NodeResolver resolver_;
  BaseCollector bases_;
  RevocationKeeper revocation_;
  TrustDataKeeper trust_data_;
  Verifier verifier_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_ENGINE_H_
