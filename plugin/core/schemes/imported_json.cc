#include "core/schemes/imported_json.h"

#include "base/toml.h"

namespace assay::imported {

Error Bad(const std::string& place, const std::string& what) {
  return Fail(Reason::kPolicyMalformed,
              place.empty() ? what : place + ": " + what);
}

std::string At(const std::string& place, std::string_view key) {
  return place.empty() ? std::string(key) : place + "." + std::string(key);
}

std::string At(const std::string& place, std::size_t index) {
  return place + "[" + std::to_string(index) + "]";
}

std::string Hint(std::string_view word, const Words& words) {
  const std::string near = NearMiss(word, words);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

Status CheckObject(const Json& json, const std::string& place,
                   const Words& members) {
  const auto* object = json.AsObject();
  if (object == nullptr) return Bad(place, "it must be an object");
  for (const auto& [key, value] : *object) {
    if (members.contains(key)) continue;
    return Bad(place, "unknown member '" + key + "'" + Hint(key, members));
  }
  return Ok();
}

Result<std::string> ReadText(const Json& json, const std::string& place,
                             std::string_view key) {
  const auto* text = json.FindString(key);
  if (text != nullptr && !text->empty()) return *text;
  return Bad(At(place, key), json.Find(key) == nullptr
                                 ? "it is missing"
                                 : "it must be a text that is not empty");
}

Result<std::string> ReadWord(const Json& json, const std::string& place,
                             std::string_view key, const Words& words) {
  auto word = ReadText(json, place, key);
  if (!word || words.contains(*word)) return word;
  return Bad(At(place, key),
             "'" + *word + "' is not known" + Hint(*word, words));
}

Result<std::vector<std::string>> ReadTexts(const Json& json,
                                           const std::string& place,
                                           std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = json.Find(key);
  if (value == nullptr) return texts;
  const auto* array = value->AsArray();
  if (array == nullptr) return Bad(At(place, key), "it must be a list");
  for (const Json& one : *array) {
    const auto* text = one.AsString();
    if (text == nullptr || text->empty()) {
      return Bad(At(At(place, key), texts.size()),
                 "it must be a text that is not empty");
    }
    texts.push_back(*text);
  }
  return texts;
}

}  // namespace assay::imported
