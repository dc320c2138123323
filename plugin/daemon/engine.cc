#include "daemon/engine.h"

#include "io/report/request.h"

namespace assay {
namespace {

RegistryOptions RegistryOptionsOf(const NodeConfig& config) {
  RegistryOptions options;
  options.hosts_dirs = config.hosts_dirs;
  options.credential_files = config.credential_files;
  options.trusted_realms = config.trusted_realms;
  return options;
}

EvidenceStoreOptions StoreOptionsOf(const Paths& paths,
                                    const NodeConfig& config) {
  EvidenceStoreOptions options;
  options.folder = paths.EvidenceDir();
  options.most_bytes = config.evidence_max_bytes;
  options.keep_for = std::chrono::days(config.evidence_max_age_days);
  return options;
}

ContainerdOptions RuntimeOptionsOf(const NodeConfig& config) {
  return {config.containerd_address, config.trusted_snapshotters};
}

StorageOptions StorageOptionsOf(const NodeConfig& config) {
  StorageOptions options;
  options.roots = config.storage_roots;
  options.run_roots = config.storage_run_roots;
  return options;
}

bool IsInStorage(const Question& question) {
  if (const auto* known = std::get_if<RecordClaim>(&question.about)) {
    return known->runtime_namespace == kStorageNamespace;
  }
  if (const auto* image = std::get_if<ImageClaim>(&question.about)) {
    return image->runtime_namespace == kStorageNamespace;
  }
  const auto* claim = std::get_if<ContainerClaim>(&question.about);
  return claim != nullptr && IsStorageBundle(*claim);
}

LayerHasherOptions LayerOptionsOf(const Paths& paths) {
  LayerHasherOptions options;
  options.memory_file = paths.StateDir() + "/layers";
  options.now = WallClock;
  return options;
}

RootfsCheckerOptions RootfsOptionsOf(const Paths& paths) {
  RootfsCheckerOptions options;
  options.memory_file = paths.StateDir() + "/rootfs";
  options.now = WallClock;
  return options;
}

}  // namespace

Engine::Engine(const Paths& paths, const NodeConfig& config, KeeperCalls calls)
    : registry_(RegistryOptionsOf(config)),
      store_(StoreOptionsOf(paths, config)),
      collector_(store_, &registry_, CollectorOptions()),
      layers_(LayerOptionsOf(paths)),
      rootfs_(RootfsOptionsOf(paths), layers_),
      runtime_(RuntimeOptionsOf(config)),
      storage_(StorageOptionsOf(config)),
      inventory_(config.containerd_address),
      images_(registry_),
      resolver_(runtime_, storage_, images_),
      bases_(store_, registry_, &resolver_, WallClock),
      revocation_({paths.RevocationDir(), WallClock, std::move(calls.missed),
                   calls.changed}),
      trust_data_(registry_,
                  {paths.TrustDataDir(), WallClock, std::move(calls.changed)}),
      verifier_(resolver_, collector_, rootfs_, bases_, &revocation_,
                &trust_data_) {}

EvidenceCollectorOptions Engine::CollectorOptions() {
  EvidenceCollectorOptions options;
  options.now = WallClock;
  // As long as a rejected verdict is kept: a new signature works at once.
  options.remember = std::chrono::seconds(3);
  return options;
}

Result<Subject> NodeResolver::Resolve(const Question& question) {
  if (std::holds_alternative<ReferenceClaim>(question.about)) {
    return registry_.Resolve(question);
  }
  if (IsInStorage(question)) return storage_.Resolve(question);
  return containerd_.Resolve(question);
}

BaseSource& NodeResolver::HolderOf(const Question& question) {
  if (IsInStorage(question)) return storage_;
  return containerd_;
}

Result<std::string> NodeResolver::Config(const Question& question,
                                         const Subject& subject,
                                         const Reference& name, Reach reach) {
  return HolderOf(question).Config(question, subject, name, reach);
}

BaseSet NodeResolver::Find(const BaseRequest& request) {
  return HolderOf(request.question).Find(request);
}

}  // namespace assay
