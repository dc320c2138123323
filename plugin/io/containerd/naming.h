// Which names select the rule (design, "Which name selects the rule").
#ifndef ASSAY_IO_CONTAINERD_NAMING_H_
#define ASSAY_IO_CONTAINERD_NAMING_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "core/subject/reference.h"
#include "io/containerd/held_images.h"

namespace assay {

// `requested` is what was asked for, "" where that is unknown; `held` are the
// ways by which the node holds this very image. The requested name alone when
// the node holds the image under it, else all names of `held`. Errors:
// kSubjectNoName.
Result<std::vector<Reference>> NamesOf(const std::string& requested,
                                       const std::vector<HeldImage>& held);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_NAMING_H_
