// ResolveReference: from a reference to a Subject, wherever its documents come
// from: a registry, a layout on disk, what was stored. A member of an index is
// chosen here, and every document is hashed here.
#ifndef ASSAY_CORE_QUESTION_REFERENCE_RESOLUTION_H_
#define ASSAY_CORE_QUESTION_REFERENCE_RESOLUTION_H_

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "core/question/question.h"
#include "core/subject/subject.h"

namespace assay {

// A manifest or an index, and the digest it was fetched by or found to have.
struct ReferenceDocument {
  Digest digest;
  std::string bytes;
};

// The document of a digest; without one, what the reference itself means.
using FetchDocument = std::function<Result<ReferenceDocument>(
    const std::optional<Digest>& digest)>;

// The subject has no workload but the claim's namespace, and no layers. An
// empty platform is this machine's. Errors: those of `fetch`,
// kManifestDigestMismatch, kManifestMalformed, kManifestUnsupported (an index
// inside an index), kPlatformMissing, those of Json::Parse.
Result<Subject> ResolveReference(const ReferenceClaim& claim,
                                 const FetchDocument& fetch);

}  // namespace assay

#endif  // ASSAY_CORE_QUESTION_REFERENCE_RESOLUTION_H_
