#include "core/evidence/evidence_source.h"

#include <utility>

namespace assay {

void EvidencePlaces::Add(const EvidencePlaces& other) {
  cosign_tag = cosign_tag || other.cosign_tag;
  attestation_tag = attestation_tag || other.attestation_tag;
  referrers = referrers || other.referrers;
  trust_data = trust_data || other.trust_data;
  folders.insert(other.folders.begin(), other.folders.end());
  lookasides.insert(other.lookasides.begin(), other.lookasides.end());
}

void EvidenceSet::Add(EvidenceSet more) {
  for (UntrustedArtifact& one : more.artifacts) {
    artifacts.push_back(std::move(one));
  }
  failures.insert(failures.end(), more.failures.begin(), more.failures.end());
}

}  // namespace assay
