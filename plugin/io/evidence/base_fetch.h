// Fetching the documents of the base image that an image names.
#ifndef ASSAY_IO_EVIDENCE_BASE_FETCH_H_
#define ASSAY_IO_EVIDENCE_BASE_FETCH_H_

#include "core/verdict/base_source.h"
#include "io/registry/registry_client.h"

namespace assay {

// From the repository that the hint names, else from that of `image`: the
// document of the hint's digest, and what its tag leads to, which may be the
// index that was signed; of an index the images for `platform`. That something
// is not there is no failure. Ends by the deadline.
BaseSet FetchBases(RegistryClient& client, const BaseHint& hint,
                   const Reference& image, const Platform& platform,
                   Deadline deadline);

// Whether the name's registry is not the one that `image` comes from, so that
// only the image's author says that it is worth asking.
bool IsClaimed(const Reference& name, const Reference& image);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_BASE_FETCH_H_
