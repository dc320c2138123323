// PEM blocks (RFC 7468, strict form) out of a text file. Between blocks only
// white space and lines that start with '#' may stand; inside a block only
// padded base64 in lines, and before them no headers unless the caller lets
// them be. What a block holds is not judged here.
#ifndef ASSAY_CORE_TRUST_PEM_H_
#define ASSAY_CORE_TRUST_PEM_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

struct PemBlock {
  std::string label;  // "PUBLIC KEY"
  std::string bytes;  // decoded
};

// Lines "Name: value" at the start of a block, which an empty line ends (RFC
// 1421 section 4.4). What they say is never read.
enum class PemHeaders { kRefused, kPassedOver };

// At least one block, in the order of the file. Errors: kKeyMalformed, with
// the line's number.
Result<std::vector<PemBlock>> ReadPem(
    std::string_view text, PemHeaders headers = PemHeaders::kRefused);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_PEM_H_
