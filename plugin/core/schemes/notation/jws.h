// The JWS form of a Notary Project envelope: RFC 7515 in the flattened JSON
// serialization, and no other.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_JWS_H_
#define ASSAY_CORE_SCHEMES_NOTATION_JWS_H_

#include <string_view>

#include "base/result.h"
#include "core/schemes/notation/envelope.h"

namespace assay {

// Errors as ParseEnvelope; of the JSON also kJsonMalformed, kJsonDuplicate,
// kJsonTooDeep, kTooLarge, and kBase64Malformed.
Result<NotationEnvelope> ParseJws(std::string_view bytes);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_JWS_H_
