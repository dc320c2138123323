#include <utility>

#include "base/bytes.h"
#include "base/toml.h"

namespace assay {
namespace {

std::string Article(std::string_view noun) {
  const bool vowel = noun.find_first_of("aeiou") == 0;
  return (vowel ? "an " : "a ") + std::string(noun);
}

}  // namespace

std::string TomlPosition::str() const {
  if (line == 0) return Printable(file);
  return Printable(file) + ":" + std::to_string(line) + ":" +
         std::to_string(column);
}

std::string Diagnostic::str() const {
  std::string text = position.str() + ": " + message;
  if (!suggestion.empty()) text += "; " + suggestion;
  return text;
}

TomlReader::TomlReader(const Toml& table, Diagnostics& diagnostics,
                       Reason reason)
    : table_(table), diagnostics_(diagnostics), reason_(reason) {
  if (table.AsTable() != nullptr) return;
  diagnostics_.push_back({reason_, table.position(),
                          "must be a table, not " + Article(table.KindName()),
                          ""});
}

const Toml* TomlReader::Take(std::string_view key) {
  known_.emplace(key);
  return table_.Find(key);
}

const Toml* TomlReader::Value(std::string_view key) { return Take(key); }

std::optional<std::string> TomlReader::String(std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (const std::string* text = value->AsString()) return *text;
  WrongKind(key, *value, "a string");
  return std::nullopt;
}

std::optional<std::int64_t> TomlReader::Int(std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (const std::int64_t* number = value->AsInt()) return *number;
  WrongKind(key, *value, "an integer");
  return std::nullopt;
}

std::optional<bool> TomlReader::Bool(std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (const bool* flag = value->AsBool()) return *flag;
  WrongKind(key, *value, "true or false");
  return std::nullopt;
}

std::optional<Time> TomlReader::When(std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (const Time* time = value->AsTime()) return *time;
  WrongKind(key, *value,
            "a date (2026-01-31) or a time with its offset "
            "(2026-01-31T00:00:00Z)");
  return std::nullopt;
}

std::optional<std::vector<std::string>> TomlReader::Strings(
    std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  if (const std::string* text = value->AsString()) {
    texts.push_back(*text);
    return texts;
  }
  const Toml::Array* array = value->AsArray();
  if (array == nullptr) {
    WrongKind(key, *value, "a string or an array of strings");
    return std::nullopt;
  }
  for (const Toml& element : *array) {
    const std::string* text = element.AsString();
    if (text == nullptr) {
      WrongKind(key, element, "an array of strings");
      return std::nullopt;
    }
    texts.push_back(*text);
  }
  return texts;
}

const Toml* TomlReader::TableValue(std::string_view key) {
  const Toml* value = Take(key);
  if (value == nullptr || value->AsTable() != nullptr) return value;
  WrongKind(key, *value, "a table");
  return nullptr;
}

std::vector<const Toml*> TomlReader::Tables(std::string_view key) {
  std::vector<const Toml*> tables;
  const Toml* value = Take(key);
  if (value == nullptr) return tables;
  const Toml::Array* array = value->AsArray();
  if (array == nullptr) {
    WrongKind(key, *value, "an array of tables: [[" + std::string(key) + "]]");
    return tables;
  }
  for (const Toml& element : *array) {
    if (element.AsTable() != nullptr) {
      tables.push_back(&element);
    } else {
      WrongKind(key, element, "a table");
    }
  }
  return tables;
}

void TomlReader::Complain(std::string_view key, std::string message,
                          std::string suggestion) {
  const Toml* value = table_.Find(key);
  diagnostics_.push_back(
      {reason_, value == nullptr ? table_.position() : value->position(),
       std::move(message), std::move(suggestion)});
}

void TomlReader::Complain(std::string_view key, Reason reason,
                          std::string message) {
  Complain(key, std::move(message));
  diagnostics_.back().reason = reason;
}

void TomlReader::Missing(std::string_view key) {
  if (table_.AsTable() == nullptr) return;  // said already
  Complain({}, "'" + std::string(key) + "' is missing");
}

void TomlReader::WrongKind(std::string_view key, const Toml& value,
                           std::string_view wanted) {
  diagnostics_.push_back({reason_, value.position(),
                          "'" + std::string(key) + "' must be " +
                              std::string(wanted) + ", not " +
                              Article(value.KindName()),
                          ""});
}

// A known key that is not there yet is likelier to be meant than one that is.
std::string TomlReader::Suggestion(std::string_view unknown,
                                   const Toml::Table& table) const {
  std::set<std::string, std::less<>> absent;
  for (const std::string& known : known_) {
    if (!table.contains(known)) absent.insert(known);
  }
  if (const std::string near = NearMiss(unknown, absent); !near.empty()) {
    return "did you mean '" + near + "'?";
  }
  const std::string near = NearMiss(unknown, known_);
  return near.empty() ? "" : "did you mean '" + near + "', which is there too?";
}

void TomlReader::Finish() {
  const Toml::Table* table = table_.AsTable();
  if (table == nullptr) return;
  for (const auto& [key, value] : *table) {
    if (known_.contains(key)) continue;
    diagnostics_.push_back({reason_, value.key_position(),
                            "unknown key '" + Printable(key, 80) + "'",
                            Suggestion(key, *table)});
  }
}

}  // namespace assay
