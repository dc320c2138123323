// EvidenceCollector: finds signature artifacts: in the store and in folders of
// detached signatures, and where allowed in the registry, whose answers go into
// the store. Two askers of one image share one fetch; askers of different
// images do not wait for each other.
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
#include "io/registry/registry_client.h"

namespace assay {

struct EvidenceCollectorOptions {
  // A registry that answered completely is not asked again for so long, so
  // that refusing the same image every few seconds is cheap.
  std::chrono::milliseconds remember{10'000};
  // A registry gets no more of a decision's time than this.
  std::chrono::milliseconds patience = limits::kRegistryDeadline;
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

  // As the port says. Reach::kNetwork yields what is on disk, too.
  EvidenceSet Collect(const EvidenceRequest& request) override;

  // The next request asks the registry again.
  void Forget();

 private:
  class Flight;
  using Instant = std::chrono::steady_clock::time_point;

  EvidenceSet FromNetwork(const EvidenceRequest& request);
  EvidenceSet FetchAndStore(const EvidenceRequest& request, Deadline deadline);
  void FromDisk(const EvidenceRequest& request, EvidenceSet& set);
  void Remember(const std::string& key);

  EvidenceStore& store_;
  RegistryClient* registry_;
  EvidenceCollectorOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  std::map<std::string, Instant> asked_;  // until when not to ask again
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_EVIDENCE_COLLECTOR_H_
