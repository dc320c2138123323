#include "base/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kDecimals = "0123456789";

template <std::size_t kSize>
bool IsOneWord(std::string_view word,
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
std::size_t TakeRun(std::string_view& rest, std::string_view set) {
  const auto end = std::min(rest.find_first_not_of(set), rest.size());
  rest.remove_prefix(end);
  return end;
}

bool TakeAnyOf(std::string_view& rest, std::string_view set) {
  if (rest.empty() || set.find(rest.front()) == set.npos) return false;
  rest.remove_prefix(1);
  return true;
}

bool IsRunOf(std::string_view word, std::string_view set) {
  return !word.empty() && word.find_first_not_of(set) == word.npos;
}

// RFC 8259, section 6, without an exponent: YAML 1.1 takes 1e3 for text.
bool IsJsonNumber(std::string_view word, bool& whole) {
  TakeAnyOf(word, "-");
  if (!TakeAnyOf(word, "0") && TakeRun(word, kDecimals) == 0) return false;
  whole = word.empty();
  return whole || (TakeAnyOf(word, ".") && IsRunOf(word, kDecimals));
}

// Of YAML 1.1: 190:20:30.
bool IsSexagesimal(std::string_view word) {
  if (TakeRun(word, "0123456789_") == 0 || word.empty()) return false;
  while (TakeAnyOf(word, ":")) {
    const std::size_t digits = TakeRun(word, kDecimals);
    if (digits == 0 || digits > 2) return false;
  }
  if (TakeAnyOf(word, ".")) TakeRun(word, "0123456789_");
  return word.empty();
}

// A number to somebody, but none of JSON.
bool IsOtherNumber(std::string_view word) {
  TakeAnyOf(word, "+-");
  if (IsOneWord(word, kNoNumbers)) return true;
  for (const auto& [prefix, digits] :
       {std::pair<std::string_view, std::string_view>{
            "0x", "0123456789abcdefABCDEF_"},
        {"0o", "01234567_"},
        {"0b", "01_"}}) {
    if (word.starts_with(prefix) && IsRunOf(word.substr(2), digits)) {
      return true;
    }
  }
  if (IsSexagesimal(word)) return true;
  constexpr std::string_view kGrouped = "0123456789_";
  const bool leads = !word.empty() && kDecimals.find(word.front()) != word.npos;
  std::size_t digits = leads ? TakeRun(word, kGrouped) : 0;
  if (TakeAnyOf(word, ".")) digits += TakeRun(word, kGrouped);
  if (digits == 0) return false;
  if (TakeAnyOf(word, "eE")) {
    TakeAnyOf(word, "+-");
    if (TakeRun(word, kDecimals) == 0) return false;
  }
  return word.empty();
}

}  // namespace

Result<Json> ReadPlainScalar(std::string_view word) {
  if (IsOneWord(word, kNulls)) return Json();
  if (IsOneWord(word, kTrues)) return Json(true);
  if (IsOneWord(word, kFalses)) return Json(false);
  bool whole = false;
  if (IsJsonNumber(word, whole)) {
    return whole ? Json::Parse(word) : Json(Json::Number{std::string(word)});
  }
  if (IsOneWord(word, kDisputed) || IsOtherNumber(word)) {
    return Fail(Reason::kYamlUnsupported,
                "'" + Printable(word, 80) + "' needs quotes, if it is text");
  }
  return Json(std::string(word));
}

}  // namespace assay
