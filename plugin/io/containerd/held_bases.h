// Which images of a node may be the base of another: those whose diff IDs are
// the beginning of its own.
#ifndef ASSAY_IO_CONTAINERD_HELD_BASES_H_
#define ASSAY_IO_CONTAINERD_HELD_BASES_H_

#include "core/verdict/base_source.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"

namespace assay {

// Of `held`: first the image that the request's hint names, whatever its
// layers, then the others that lie below, the most layers first, at most
// limits::kBaseCandidates. A document that cannot be read is a failure where it
// belongs to one of them; what other images lack concerns nobody.
BaseSet BasesAmong(ContentStore& store, const HeldImages& held,
                   const BaseRequest& request);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_HELD_BASES_H_
