// EvidenceSource: the port that finds signature artifacts. Implemented by
// io/evidence over the store on disk and, where allowed, the registry.
#ifndef ASSAY_CORE_EVIDENCE_EVIDENCE_SOURCE_H_
#define ASSAY_CORE_EVIDENCE_EVIDENCE_SOURCE_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/evidence/lookaside_stores.h"
#include "core/evidence/untrusted_artifact.h"
#include "core/subject/reference.h"

namespace assay {

// Where signers of a rule want to look. The union over all of them is fetched
// once.
struct EvidencePlaces {
  bool cosign_tag = false;
  bool attestation_tag = false;
  bool referrers = false;
  std::set<std::string> folders;  // absolute paths of detached signatures
  // Each says which store has the signatures of a name.
  std::set<std::shared_ptr<const LookasideStores>> lookasides;
  // What is published about the whole repository. An EvidenceSource has none of
  // it: the signers ask for it themselves.
  bool trust_data = false;

  void Add(const EvidencePlaces& other);
};

// How far to look; each reach includes those before it.
enum class Reach : std::uint8_t {
  kDisk = 0,  // what is stored, nothing else
  kUsual,     // what the registry has where such signatures mostly are
  kNetwork,   // what the registry has anywhere
};

struct EvidenceRequest {
  Reference name;  // its repository is where the registry is asked
  std::vector<Digest> targets;
  EvidencePlaces places;
  Reach reach = Reach::kDisk;
  Deadline deadline{};
  // Only an image says that there is such a repository: the name must not lead
  // to what an image's author could not reach.
  bool claimed = false;
};

struct EvidenceSet {
  std::vector<UntrustedArtifact> artifacts;
  // What could not be read or fetched. These never turn a refusal into an
  // acceptance; they turn "rejected" into "undetermined".
  std::vector<Error> failures;
  // How far this looked: as far as was asked for, or further. Nothing of a
  // reach beyond it may be taken to be absent.
  Reach reach = Reach::kDisk;

  void Add(EvidenceSet more);
};

class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;
  // Thread-safe; ends by the deadline with what it has and a kDeadline failure.
  virtual EvidenceSet Collect(const EvidenceRequest& request) = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_EVIDENCE_EVIDENCE_SOURCE_H_
