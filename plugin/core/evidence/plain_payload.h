// What cosign signs of an image in its legacy form when it is given nothing to
// add. Who knows it need not fetch it: docs/decisions/034 tells more.
#ifndef ASSAY_CORE_EVIDENCE_PLAIN_PAYLOAD_H_
#define ASSAY_CORE_EVIDENCE_PLAIN_PAYLOAD_H_

#include <string>

#include "base/digest.h"
#include "core/subject/reference.h"

namespace assay {

// Byte for byte, of an image in the repository of `name`.
std::string PlainCosignPayload(const Reference& name, const Digest& manifest);

}  // namespace assay

#endif  // ASSAY_CORE_EVIDENCE_PLAIN_PAYLOAD_H_
