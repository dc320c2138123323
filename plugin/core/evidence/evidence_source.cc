#include "core/evidence/evidence_source.h"

namespace assay {

void EvidencePlaces::Add(const EvidencePlaces& other) {
  cosign_tag = cosign_tag || other.cosign_tag;
  referrers = referrers || other.referrers;
  folders.insert(other.folders.begin(), other.folders.end());
}

}  // namespace assay
