// The COSE form of a Notary Project envelope: a tagged COSE_Sign1 (RFC 9052
// section 4.2) with its payload inside.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_COSE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_COSE_H_

#include <string_view>

#include "base/result.h"
#include "core/schemes/notation/envelope.h"

namespace assay {

// Errors as ParseEnvelope, and kCborMalformed.
Result<NotationEnvelope> ParseCose(std::string_view bytes);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_COSE_H_
