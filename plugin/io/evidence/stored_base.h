// A base image's documents as one artifact of the evidence store: an OCI
// manifest of ours whose layers are the base's manifest, its configuration and
// the indexes that list it. So they are found by the image above them, travel
// in archives and go when that image goes, as signatures do; and as little is
// believed of them.
#ifndef ASSAY_IO_EVIDENCE_STORED_BASE_H_
#define ASSAY_IO_EVIDENCE_STORED_BASE_H_

#include <optional>
#include <vector>

#include "core/verdict/base_source.h"
#include "io/evidence/found_artifact.h"

namespace assay {

inline constexpr std::string_view kStoredBaseType =
    "application/vnd.assay.base-image.v1";

// `image` is the manifest of the image above. The same base under the same
// name gives the same bytes.
FoundArtifact StoreAsArtifact(const Digest& image, const Reference& name,
                              const UntrustedBase& base, Time now);

// nullopt for an artifact of another kind or shape.
std::optional<UntrustedBase> ReadStoredBase(const UntrustedArtifact& artifact);

// What may be signed of the base that such an artifact's manifest names: its
// manifest and its indexes. Empty for another kind of artifact.
std::vector<Digest> SignableOfBase(const ImageManifest& stored);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_STORED_BASE_H_
