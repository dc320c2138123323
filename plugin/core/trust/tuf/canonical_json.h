// Canonical JSON (OLPC form), the bytes that TUF signs: keys in the order of
// their bytes, no white space, only '"' and '\' escaped, integers only.
#ifndef ASSAY_CORE_TRUST_TUF_CANONICAL_JSON_H_
#define ASSAY_CORE_TRUST_TUF_CANONICAL_JSON_H_

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay::tuf {

// Errors: kTufMalformed where a number has no canonical form.
Result<std::string> CanonicalJson(const Json& value);

}  // namespace assay::tuf

#endif  // ASSAY_CORE_TRUST_TUF_CANONICAL_JSON_H_
