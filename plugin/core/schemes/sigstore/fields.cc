#include "core/schemes/sigstore/fields.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace assay {
namespace {

// A decimal string without sign, leading zero or white space.
std::optional<std::int64_t> ParseCount(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text[0] == '-' ||
      (text[0] == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Result<Fields> Fields::Open(const Json& json, std::string path,
                            std::initializer_list<std::string_view> known) {
  Fields fields(json, std::move(path));
  const auto* members = json.AsObject();
  if (members == nullptr) return fields.Bad("", "is no object");
  for (const auto& [key, value] : *members) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return fields.Bad(key, "is unknown");
    }
  }
  return fields;
}

const Json* Fields::Find(std::string_view key) const {
  const auto* value = json_->Find(key);
  return value == nullptr || value->IsNull() ? nullptr : value;
}

Result<const Json*> Fields::Value(std::string_view key) const {
  const auto* value = Find(key);
  if (value == nullptr) return Bad(key, "is absent");
  return value;
}

Result<Fields> Fields::Message(
    std::string_view key, std::initializer_list<std::string_view> known) const {
  const auto value = Value(key);
  if (!value) return value.error();
  return Open(**value, Path(key), known);
}

Result<std::string> Fields::String(std::string_view key) const {
  const auto* value = Find(key);
  const auto* text = value == nullptr ? nullptr : value->AsString();
  if (text == nullptr || text->empty()) return Bad(key, "is no text");
  return *text;
}

Result<std::string> Fields::Bytes(std::string_view key) const {
  const auto text = String(key);
  if (!text) return text.error();
  auto bytes = Base64Decode(*text);
  if (!bytes) return Bad(key, "is no base64");
  return *std::move(bytes);
}

Result<std::int64_t> Fields::Count(std::string_view key) const {
  const auto* value = Find(key);
  if (value == nullptr) return std::int64_t{0};
  std::optional<std::int64_t> count;
  if (const auto* number = value->AsInt()) count = *number;
  if (const auto* text = value->AsString()) count = ParseCount(*text);
  if (!count || *count < 0) return Bad(key, "is no count");
  return *count;
}

Result<const Json::Array*> Fields::List(std::string_view key,
                                        std::size_t most) const {
  static const Json::Array kNone;
  const auto* value = Find(key);
  if (value == nullptr) return &kNone;
  const auto* list = value->AsArray();
  if (list == nullptr) return Bad(key, "is no list");
  if (list->size() > most) return Bad(key, "has too many elements");
  return list;
}

std::string Fields::Path(std::string_view key) const {
  if (key.empty() || path_.empty()) return path_ + std::string(key);
  return path_ + "." + std::string(key);
}

Error Fields::Bad(std::string_view key, std::string_view what) const {
  return Fail(Reason::kBundleMalformed, Path(key) + " " + std::string(what));
}

}  // namespace assay
