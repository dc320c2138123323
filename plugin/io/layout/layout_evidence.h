// LayoutEvidence: signature artifacts that lie in a local image: under cosign's
// tags as names, as `cosign save` writes them, as referrers listed or not, and
// as the signature files of a dir:. What others know is added.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_EVIDENCE_H_
#define ASSAY_IO_LAYOUT_LAYOUT_EVIDENCE_H_

#include "core/evidence/evidence_source.h"
#include "io/layout/local_image.h"

namespace assay {

class LayoutEvidence : public EvidenceSource {
 public:
  // Borrows both, which must outlive it.
  LayoutEvidence(const LocalImage& image, EvidenceSource& beside)
      : image_(image), beside_(beside) {}

  // As the port says. Failures besides those of `beside`: kEvidenceTampered,
  // kEvidenceTooMany, kEvidenceTooLarge, kEvidenceUnavailable, and those of
  // LocalImage.
  EvidenceSet Collect(const EvidenceRequest& request) override;

 private:
  const LocalImage& image_;
  EvidenceSource& beside_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_EVIDENCE_H_
