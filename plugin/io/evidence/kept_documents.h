// Documents of an image as one artifact of the evidence store: an OCI manifest
// of ours whose layers they are, in their order.
#ifndef ASSAY_IO_EVIDENCE_KEPT_DOCUMENTS_H_
#define ASSAY_IO_EVIDENCE_KEPT_DOCUMENTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/evidence/found_artifact.h"

namespace assay {

// One document; `digest` is what its bytes are said to hash to.
UntrustedBlob KeptDocument(std::string_view type, const Digest& digest,
                           const std::string& bytes);

// The artifact with these documents. The same documents and annotations give
// the same bytes.
FoundArtifact KeepDocuments(
    ArtifactOrigin origin, std::string_view artifact_type,
    std::vector<UntrustedBlob> documents,
    const std::map<std::string, std::string>& annotations);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_KEPT_DOCUMENTS_H_
