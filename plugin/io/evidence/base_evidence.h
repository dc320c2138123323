// `assay evidence fetch --base`: the base that an image names, and what may be
// its signatures, into the store. That it lies below is checked; no signature
// is verified, which every decision does for itself.
#ifndef ASSAY_IO_EVIDENCE_BASE_EVIDENCE_H_
#define ASSAY_IO_EVIDENCE_BASE_EVIDENCE_H_

#include "core/evidence/evidence_source.h"
#include "core/verdict/base_source.h"

namespace assay {

// `places` is where signatures are looked for. Failures: as those of the ports;
// kBaseMissing when no base that lies below is found.
EvidenceSet FetchBaseEvidence(BaseLibrary& bases, EvidenceSource& evidence,
                              const Question& question, const Subject& subject,
                              const EvidencePlaces& places);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_BASE_EVIDENCE_H_
