// Whether an image that a runtime has pulled is the one that was judged.
#ifndef ASSAY_DAEMON_PULLED_IMAGE_H_
#define ASSAY_DAEMON_PULLED_IMAGE_H_

#include "base/result.h"
#include "core/subject/subject.h"
#include "cri/pull_gate.h"

namespace assay {

// By the configuration, which is what a runtime names its images after and
// which commits to every layer, and by a manifest or index that was judged
// among those that the runtime holds it under, in that repository. Errors:
// kSubjectTagMoved.
Status CheckPulled(const cri::PulledImage& pulled, const Subject& judged);

}  // namespace assay

#endif  // ASSAY_DAEMON_PULLED_IMAGE_H_
