// Members of policies in JSON that other tools wrote the format of: what is
// unknown, of another kind or empty is refused, and the error tells where.
#ifndef ASSAY_CORE_SCHEMES_IMPORTED_JSON_H_
#define ASSAY_CORE_SCHEMES_IMPORTED_JSON_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::imported {

using Words = std::set<std::string, std::less<>>;

// kPolicyMalformed, as all errors here. `place` is "" for the document itself.
Error Bad(const std::string& place, const std::string& what);

std::string At(const std::string& place, std::string_view key);  // "a.key"
std::string At(const std::string& place, std::size_t index);     // "a[0]"

// "; did you mean 'strict'?", or nothing.
std::string Hint(std::string_view word, const Words& words);

// That it is an object of nothing but these.
Status CheckObject(const Json& json, const std::string& place,
                   const Words& members);

// A required member, which is not empty.
Result<std::string> ReadText(const Json& json, const std::string& place,
                             std::string_view key);

// One of a few words.
Result<std::string> ReadWord(const Json& json, const std::string& place,
                             std::string_view key, const Words& words);

// None of which is empty. Absent is an empty list.
Result<std::vector<std::string>> ReadTexts(const Json& json,
                                           const std::string& place,
                                           std::string_view key);

}  // namespace assay::imported

#endif  // ASSAY_CORE_SCHEMES_IMPORTED_JSON_H_
