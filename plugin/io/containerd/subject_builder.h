// Makes the Subject of a configuration that has been bound.
#ifndef ASSAY_IO_CONTAINERD_SUBJECT_BUILDER_H_
#define ASSAY_IO_CONTAINERD_SUBJECT_BUILDER_H_

#include <string>
#include <vector>

#include "core/subject/subject.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"

namespace assay {

// `held` are all ways on this node to `config`. Manifests and indexes are read
// and hashed again; one that fails is left out, and when none is left that is
// the error. Errors: kSubjectUnbound, kSubjectNoName, kManifestMissing,
// kManifestDigestMismatch.
Result<Subject> BuildSubject(ContentStore& store, const Digest& config,
                             const std::vector<HeldImage>& held,
                             const std::string& requested);

// The same, of all that is held. Where nothing holds the configuration, a
// document that could not be followed may be why, and is the error.
Result<Subject> BuildHeld(ContentStore& store, const HeldImages& held,
                          const Digest& config, const std::string& requested);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_SUBJECT_BUILDER_H_
