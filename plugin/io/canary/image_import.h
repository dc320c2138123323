// Puts the canary's image into containerd without a pull, as `ctr images
// import` does: what a pull is refused must still be refused when it starts.
#ifndef ASSAY_IO_CANARY_IMAGE_IMPORT_H_
#define ASSAY_IO_CANARY_IMAGE_IMPORT_H_

#include <string>

#include "base/result.h"
#include "io/canary/canary_image.h"

namespace assay {

// Into the namespace of pods, under `name`. Error: kRuntimeUnreachable with
// containerd's own message.
Status ImportCanary(const std::string& socket, const std::string& name,
                    const CanaryImage& image);

}  // namespace assay

#endif  // ASSAY_IO_CANARY_IMAGE_IMPORT_H_
