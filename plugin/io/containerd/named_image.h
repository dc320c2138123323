// The image that a node holds under a name, for this host.
#ifndef ASSAY_IO_CONTAINERD_NAMED_IMAGE_H_
#define ASSAY_IO_CONTAINERD_NAMED_IMAGE_H_

#include "base/result.h"
#include "core/question/question.h"
#include "core/subject/subject.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"

namespace assay {

// Errors: kNotFound, kPlatformMissing, those of BuildSubject, and where nothing
// of that name is held whatever could not be followed.
Result<Subject> BindNamedImage(ContentStore& store, const HeldImages& held,
                               const ImageClaim& claim);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_NAMED_IMAGE_H_
