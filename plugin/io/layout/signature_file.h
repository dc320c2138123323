// Signatures as containers' dir: transport keeps them in files
// (containers/image, internal/signature: a NUL, the format's name, a new line,
// then its content).
#ifndef ASSAY_IO_LAYOUT_SIGNATURE_FILE_H_
#define ASSAY_IO_LAYOUT_SIGNATURE_FILE_H_

#include <optional>
#include <string_view>

#include "core/evidence/untrusted_artifact.h"

namespace assay {

// A file of the format sigstore-json, as what cosign's tag would hold: one
// layer with the annotations and the payload. nullopt for files of other
// formats, which are of other systems. `where` is the caller's to fill. Errors:
// kEvidenceTampered, those of Json::Parse.
Result<std::optional<UntrustedArtifact>> ReadSignatureFile(
    std::string_view bytes, const Digest& target);

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_SIGNATURE_FILE_H_
