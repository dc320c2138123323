// BaseCollector: finds base images: in the evidence store, among what the node
// holds and, where allowed, in the registry that the image names. What was
// proven it keeps in the store, so that a create without network, runtime image
// or daemon decides as before.
#ifndef ASSAY_IO_EVIDENCE_BASE_COLLECTOR_H_
#define ASSAY_IO_EVIDENCE_BASE_COLLECTOR_H_

#include <functional>

#include "core/verdict/base_source.h"
#include "io/evidence/evidence_store.h"
#include "io/registry/registry_client.h"

namespace assay {

class BaseCollector : public BaseLibrary {
 public:
  // Borrows all, which must outlive it. `node` holds the images of a runtime;
  // null where there is none (`assay verify`). `now` is the wall clock.
  BaseCollector(EvidenceStore& store, RegistryClient& registry,
                BaseSource* node, std::function<Time()> now)
      : store_(store), registry_(registry), node_(node), now_(std::move(now)) {}

  // Thread-safe. Of a reference into a registry, from there; errors: those of
  // RegistryClient, kConfigMissing where the reach ends before it.
  Result<std::string> Config(const Question& question, const Subject& subject,
                             const Reference& name, Reach reach) override;
  BaseSet Find(const BaseRequest& request) override;
  Status Keep(const Digest& image, const Reference& name,
              const UntrustedBase& base) override;

 private:
  bool IsOnNode(const Question& question) const;
  void AddStored(const BaseRequest& request, BaseSet& set) const;

  EvidenceStore& store_;
  RegistryClient& registry_;
  BaseSource* node_;
  std::function<Time()> now_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_BASE_COLLECTOR_H_
