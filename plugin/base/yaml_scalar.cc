#include "base/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kDigits = "0123456789";

template <std::size_t kSize>
bool IsOneOf(std::string_view word,
             const std::array<std::string_view, kSize>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null",
                                                    "NULL"};
constexpr std::array<std::string_view, 3> kTrues = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalses = {"false", "False", "FALSE"};
// Booleans in YAML 1.1, text in 1.2; and the key that merges maps in 1.1.
constexpr std::array<std::string_view, 17> kDisputed = {
    "y",  "Y",  "yes", "Yes", "YES", "n",   "N",   "no", "No",
    "NO", "on", "On",  "ON",  "off", "Off", "OFF", "<<"};
constexpr std::array<std::string_view, 6> kNoNumbers = {".inf", ".Inf", ".INF",
                                                        ".nan", ".NaN", ".NAN"};

// Takes what stands in `set` off the front; how many characters that were.
std::size_t TakeAll(std::string_view& rest, std::string_view set) {
  const auto end = std::min(rest.find_first_not_of(set), rest.size());
  rest.remove_prefix(end);
  return end;
}

bool TakeOne(std::string_view& rest, std::string_view set) {
  if (rest.empty() || set.find(rest.front()) == set.npos) return false;
  rest.remove_prefix(1);
  return true;
}

bool IsDigits(std::string_view word, std::string_view set) {
  return !word.empty() && word.find_first_not_of(set) == word.npos;
}

// RFC 8259, section 6, without an exponent: YAML 1.1 takes 1e3 for text.
bool IsJsonNumber(std::string_view word, bool& whole) {
  TakeOne(word, "-");
  if (!TakeOne(word, "0") && TakeAll(word, kDigits) == 0) return false;
  whole = word.empty();
  return whole || (TakeOne(word, ".") && IsDigits(word, kDigits));
}

// Of YAML 1.1: 190:20:30.
bool IsSexagesimal(std::string_view word) {
  if (TakeAll(word, "0123456789_") == 0 || word.empty()) return false;
  while (TakeOne(word, ":")) {
    const std::size_t digits = TakeAll(word, kDigits);
    if (digits == 0 || digits > 2) return false;
  }
  if (TakeOne(word, ".")) TakeAll(word, "0123456789_");
  return word.empty();
}

// A number to somebody, but none of JSON.
bool IsOtherNumber(std::string_view word) {
  TakeOne(word, "+-");
  if (IsOneOf(word, kNoNumbers)) return true;
  for (const auto& [prefix, digits] :
       {std::pair<std::string_view, std::string_view>{
            "0x", "0123456789abcdefABCDEF_"},
        {"0o", "01234567_"},
        {"0b", "01_"}}) {
    if (word.starts_with(prefix) && IsDigits(word.substr(2), digits)) {
      return true;
    }
  }
  if (IsSexagesimal(word)) return true;
  constexpr std::string_view kGrouped = "0123456789_";
  const bool leads = !word.empty() && kDigits.find(word.front()) != word.npos;
  std::size_t digits = leads ? TakeAll(word, kGrouped) : 0;
  if (TakeOne(word, ".")) digits += TakeAll(word, kGrouped);
  if (digits == 0) return false;
  if (TakeOne(word, "eE")) {
    TakeOne(word, "+-");
    if (TakeAll(word, kDigits) == 0) return false;
  }
  return word.empty();
}

}  // namespace

Result<Json> ReadPlainScalar(std::string_view word) {
  if (IsOneOf(word, kNulls)) return Json();
  if (IsOneOf(word, kTrues)) return Json(true);
  if (IsOneOf(word, kFalses)) return Json(false);
  bool whole = false;
  if (IsJsonNumber(word, whole)) {
    return whole ? Json::Parse(word) : Json(Json::Number{std::string(word)});
  }
  if (IsOneOf(word, kDisputed) || IsOtherNumber(word)) {
    return Fail(Reason::kYamlUnsupported,
                "'" + Printable(word, 80) + "' needs quotes, if it is text");
  }
  return Json(std::string(word));
}

}  // namespace assay
