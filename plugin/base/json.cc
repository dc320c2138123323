#include "base/json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"

namespace assay {
namespace {

// Builds the tree from nlohmann's SAX events; its DOM would keep the last of
// two duplicate keys and follow any depth.
class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return Add(Json()); }
  bool boolean(bool value) { return Add(Json(value)); }
  bool number_integer(number_integer_t value) {
    return Add(Json(std::int64_t{value}));
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      return Add(Json(Json::Number{std::to_string(value)}));
    }
    return Add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) {
    return Add(Json(Json::Number{text}));
  }
  bool string(string_t& value) { return Add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) { return false; }

  bool start_object(std::size_t /*elements*/) { return Open(true); }
  bool start_array(std::size_t /*elements*/) { return Open(false); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(string_t& value) {
    Level& level = levels_.back();
    if (level.object.contains(value)) {
      error_ = Fail(Reason::kJsonDuplicate, Printable(value, 80));
      return false;
    }
    level.key = std::move(value);
    return true;
  }

  template <typename Exception>
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Exception& /*exception*/) {
    error_ =
        Fail(Reason::kJsonMalformed, "at byte " + std::to_string(position));
    return false;
  }

  Result<Json> Take(bool complete) {
    if (!complete) return error_;
    return std::move(root_);
  }

 private:
  struct Level {
    bool is_object;
    std::string key;
    Json::Object object;
    Json::Array array;
  };

  bool Open(bool is_object) {
    if (levels_.size() >= limits::kJsonDepth) {
      error_ = Fail(Reason::kJsonTooDeep,
                    "more than " + std::to_string(limits::kJsonDepth));
      return false;
    }
    levels_.push_back(Level{is_object, {}, {}, {}});
    return true;
  }

  bool Close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    return Add(level.is_object ? Json(std::move(level.object))
                               : Json(std::move(level.array)));
  }

  bool Add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = levels_.back(); level.is_object) {
      level.object.emplace(std::move(level.key), std::move(value));
    } else {
      level.array.push_back(std::move(value));
    }
    return true;
  }

  Error error_{Reason::kJsonMalformed, {}};
  std::vector<Level> levels_;
  Json root_;
};

template <typename T>
const T* FindAs(const Json* member, const T* (Json::*as)() const) {
  return member == nullptr ? nullptr : (member->*as)();
}

nlohmann::json ToLibrary(const Json& value) {
  if (const bool* flag = value.AsBool()) return *flag;
  if (const auto* number = value.AsInt()) return *number;
  if (const auto* text = value.AsString()) return *text;
  if (const auto* array = value.AsArray()) {
    auto out = nlohmann::json::array();
    for (const Json& element : *array) out.push_back(ToLibrary(element));
    return out;
  }
  if (const auto* object = value.AsObject()) {
    auto out = nlohmann::json::object();
    for (const auto& [key, member] : *object) out[key] = ToLibrary(member);
    return out;
  }
  return nullptr;
}

}  // namespace

Result<Json> Json::Parse(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return Fail(Reason::kTooLarge, std::to_string(text.size()) +
                                       " bytes, at most " +
                                       std::to_string(most));
  }
  // The library takes a NUL for the end of the text, whatever follows it, and
  // passes over a byte order mark; neither has a place in JSON.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return Fail(Reason::kJsonMalformed, "at byte " + std::to_string(nul));
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return Fail(Reason::kJsonMalformed, "a byte order mark");
  }
  TreeBuilder builder;
  try {
    const bool complete =
        nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                                  nlohmann::json::input_format_t::json,
                                  /*strict=*/true);
    return builder.Take(complete);
  } catch (const std::exception& problem) {
    return Fail(Reason::kJsonMalformed, Printable(problem.what()));
  }
}

const Json* Json::Find(std::string_view key) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  const auto member = object->find(key);
  return member == object->end() ? nullptr : &member->second;
}

const std::string* Json::FindString(std::string_view key) const {
  return FindAs(Find(key), &Json::AsString);
}

const std::int64_t* Json::FindInt(std::string_view key) const {
  return FindAs(Find(key), &Json::AsInt);
}

const Json::Object* Json::FindObject(std::string_view key) const {
  return FindAs(Find(key), &Json::AsObject);
}

const Json::Array* Json::FindArray(std::string_view key) const {
  return FindAs(Find(key), &Json::AsArray);
}

std::string Json::Dump() const {
  return ToLibrary(*this).dump(-1, ' ', false,
                               nlohmann::json::error_handler_t::replace);
}

}  // namespace assay
