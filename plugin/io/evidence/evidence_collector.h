// EvidenceCollector: finds signature artifacts: in the store and in folders of
// the node, and where allowed in the registry and in lookaside stores beside
// it, whose answers go into the store. Two askers of one image share one fetch;
// askers of different images do not wait for each other.
//
// It remembers in which places of a repository signatures were found, so that
// for its next image those are asked first. That memory says where to begin and
// nothing else: whoever is not content asks for Reach::kNetwork and gets the
// rest (docs/decisions/009-the-usual-places.md).
#ifndef ASSAY_IO_EVIDENCE_EVIDENCE_COLLECTOR_H_
#define ASSAY_IO_EVIDENCE_EVIDENCE_COLLECTOR_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/limits.h"
#include "core/evidence/evidence_source.h"
#include "io/evidence/evidence_store.h"
#include "io/evidence/lookaside.h"
#include "io/evidence/place_memory.h"
#include "io/evidence/registry_evidence.h"
#include "io/registry/registry_client.h"

namespace assay {

struct EvidenceCollectorOptions {
  // A registry that answered completely is not asked again for so long, so
  // that refusing the same image every few seconds is cheap.
  std::chrono::milliseconds remember{10'000};
  // A registry gets no more of a decision's time than this.
  std::chrono::milliseconds patience = limits::kRegistryDeadline;
  // Where signatures of a repository were found is usual for so long.
  std::chrono::milliseconds usual{std::chrono::hours(24)};
  // Whether what is fetched must survive a power failure.
  Durability durability = Durability::kReplaceable;
  std::function<Time()> now;  // the wall clock; required
};

class EvidenceCollector : public EvidenceSource {
 public:
  // Borrows both, which must outlive it. Without a registry (null) a request
  // for the network is a kEvidenceUnavailable failure beside what is on disk.
  EvidenceCollector(EvidenceStore& store, RegistryClient* registry,
                    EvidenceCollectorOptions options);
  ~EvidenceCollector() override;
  EvidenceCollector(const EvidenceCollector&) = delete;
  EvidenceCollector& operator=(const EvidenceCollector&) = delete;

  // As the port says.
  EvidenceSet Collect(const EvidenceRequest& request) override;

  // The next request asks the registry again, everywhere.
  void Forget();

 private:
  class Flight;
  // What a request has a registry asked for, and what it leaves.
  struct Plan {
    RegistryPlaces ask;
    RegistryPlaces leave;
  };

  Plan PlanFor(const EvidenceRequest& request) const;
  EvidenceSet FromStore(const EvidenceRequest& request) const;
  EvidenceSet FromNetwork(const EvidenceRequest& request, const Plan& plan);
  RegistryEvidence Fetch(const EvidenceRequest& request,
                         const RegistryPlaces& places, Deadline deadline);
  EvidenceSet FetchAndStore(const EvidenceRequest& request, Plan plan);
  bool Store(const EvidenceRequest& request, RegistryEvidence fetched,
             EvidenceSet& set);
  void Learn(const EvidenceRequest& request, RegistryPlaces found);

  EvidenceStore& store_;
  RegistryClient* registry_;
  LookasideClient lookaside_;
  EvidenceCollectorOptions options_;
  PlaceMemory usual_;  // by repository, and by registry
  PlaceMemory asked_;  // by image in a repository: not to be asked again yet
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_EVIDENCE_COLLECTOR_H_
