#include "base/json.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "base/json_builder.h"

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

  bool start_object(std::size_t /*elements*/) {
    return Keep(builder_.Open(JsonBuilder::Level::kObject));
  }
  bool start_array(std::size_t /*elements*/) {
    return Keep(builder_.Open(JsonBuilder::Level::kArray));
  }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(string_t& value) { return Keep(builder_.Key(std::move(value))); }

  template <typename Exception>
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Exception& /*exception*/) {
    error_ =
        Fail(Reason::kJsonMalformed, "at byte " + std::to_string(position));
    return false;
  }

  Result<Json> Take(bool complete) {
    if (!complete) return error_;
    return builder_.Take();
  }

 private:
  bool Keep(const Status& status) {
    if (!status) error_ = status.error();
    return status.has_value();
  }

  bool Close() {
    builder_.Close();
    return true;
  }

  bool Add(Json value) {
    builder_.Add(std::move(value));
    return true;
  }

  Error error_{Reason::kJsonMalformed, {}};
  JsonBuilder builder_;
};

template <typename T>
const T* FindAs(const Json* member, const T* (Json::*as)() const) {
  return member == nullptr ? nullptr : (member->*as)();
}

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// How many bytes at the start are plain. Eight at a time: all that Assay writes
// goes through here, and an audit line is over a thousand bytes.
std::size_t PlainBytes(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kTops = kOnes << 7U;
  // Whose top bits are set where a byte is zero, and maybe above such a one.
  const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  std::size_t plain = 0;
  for (std::uint64_t word = 0; plain + sizeof(word) <= text.size();
       plain += sizeof(word)) {
    std::memcpy(&word, text.data() + plain, sizeof(word));
    const std::uint64_t special =
        word | ((word - kOnes * 0x20) & ~word) | zeros(word ^ kOnes * 0x7F) |
        zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\');
    if ((special & kTops) != 0) break;
  }
  while (plain < text.size() && IsPlain(text[plain])) ++plain;
  return plain;
}

void AppendControl(std::string& out, char c) {
  constexpr std::string_view kNamed = "\bb\tt\nn\ff\rr";
  for (std::size_t i = 0; i < kNamed.size(); i += 2) {
    if (kNamed[i] != c) continue;
    out.append({'\\', kNamed[i + 1]});
    return;
  }
  out.append("\\u00").append(HexEncode({&c, 1}));
}

// The character at the start of `text`; returns how many bytes it was.
std::size_t AppendCharacter(std::string& out, std::string_view text) {
  const std::size_t length = Utf8Length(text);
  if (length == 0) {
    out.append("\xEF\xBF\xBD");  // U+FFFD, the replacement character
    return 1;
  }
  if (text[0] == '"' || text[0] == '\\') {
    out.append({'\\', text[0]});
  } else if (length == 1 && text[0] < 0x20) {
    AppendControl(out, text[0]);
  } else {
    out.append(text.substr(0, length));
  }
  return length;
}

void AppendText(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = PlainBytes(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendCharacter(out, text));
  }
  out += '"';
}

struct Writer {
  std::string& out;

  void operator()(std::monostate /*null*/) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(const Json::Number& value) const { out += value.text; }
  void operator()(const std::string& value) const { AppendText(out, value); }
  void operator()(const Json::Array& value) const {
    out += '[';
    for (const Json& element : value) {
      if (&element != &value.front()) out += ',';
      element.DumpTo(out);
    }
    out += ']';
  }
  void operator()(const Json::Object& value) const {
    out += '{';
    for (const auto& member : value) {
      if (&member != &*value.begin()) out += ',';
      AppendText(out, member.first);
      out += ':';
      member.second.DumpTo(out);
    }
    out += '}';
  }
};

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

void Json::DumpTo(std::string& out) const { std::visit(Writer{out}, value_); }

std::string Json::Dump() const {
  std::string out;
  DumpTo(out);
  return out;
}

}  // namespace assay
