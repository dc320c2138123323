// What a plain word of YAML stands for: YAML 1.2.2, section 10.3.2, where 1.1
// agrees.
#ifndef ASSAY_BASE_YAML_SCALAR_H_
#define ASSAY_BASE_YAML_SCALAR_H_

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// Null, a boolean, a number that JSON writes the same, else the text. Errors:
// kYamlUnsupported, where the two versions of YAML differ or where JSON has no
// such number.
Result<Json> ReadPlainScalar(std::string_view word);

}  // namespace assay

#endif  // ASSAY_BASE_YAML_SCALAR_H_
