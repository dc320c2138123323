// Finding signature artifacts in a registry: cosign's tags ("sha256-<hex>.sig",
// and ".att" for attestations) and referrers, by the API and by its fallback
// tag ("sha256-<hex>"), merged by digest (OCI distribution specification,
// "Referrers tag schema"). Questions that do not need each other's answers are
// sent together.
#ifndef ASSAY_IO_EVIDENCE_REGISTRY_EVIDENCE_H_
#define ASSAY_IO_EVIDENCE_REGISTRY_EVIDENCE_H_

#include <vector>

#include "core/evidence/evidence_source.h"
#include "io/evidence/found_artifact.h"
#include "io/evidence/place_memory.h"
#include "io/registry/registry_client.h"

namespace assay {

struct RegistryEvidence {
  std::vector<OpenedArtifact> artifacts;
  RegistryPlaces found;         // that artifacts came from
  std::vector<Error> failures;  // that something is absent is none
  // The registry has a store of simple-signing signatures itself.
  bool own_store = false;
};

// Asks for all targets of the request at those of `places` that are a
// registry's, whatever the request says of places; at kLookasidePlace it is the
// registry's own store that is asked. A referrer is one if its own
// manifest says so; what the list says of its type is not believed. Ends by the
// deadline.
RegistryEvidence FetchEvidence(RegistryClient& client,
                               const EvidenceRequest& request,
                               RegistryPlaces places, Deadline deadline,
                               Time now);

// The tags of the schemes.
std::string CosignTag(const Digest& target);
std::string AttestationTag(const Digest& target);
std::string ReferrersTag(const Digest& target);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_REGISTRY_EVIDENCE_H_
