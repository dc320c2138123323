#include "base/yaml.h"

#include <yaml.h>

#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/json_builder.h"
#include "base/yaml_scalar.h"

namespace assay {
namespace {

std::string PlaceInYaml(const yaml_mark_t& mark) {
  return std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) +
         ": ";
}

Error MalformedYaml(std::string detail) {
  return Fail(Reason::kYamlMalformed, std::move(detail));
}

Error UnsupportedYaml(std::string detail) {
  return Fail(Reason::kYamlUnsupported, std::move(detail));
}

std::string_view YamlText(const yaml_char_t* text) {
  return text == nullptr ? std::string_view()
                         : reinterpret_cast<const char*>(text);
}

class YamlEvent {
 public:
  YamlEvent() = default;
  YamlEvent(const YamlEvent&) = delete;
  YamlEvent& operator=(const YamlEvent&) = delete;
  ~YamlEvent() { yaml_event_delete(&event_); }

  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

// The kinds of node that the core schema has a tag for.
enum class YamlKind : std::uint8_t { kScalar = 1, kArray, kObject };

// Takes libyaml's events, one after another. YamlText that a tag or quotes make
// text stays it whatever it looks like.
class YamlReader {
 public:
  explicit YamlReader(std::string_view text)
      : parser_(nullptr, &yaml_parser_delete) {
    if (yaml_parser_initialize(&storage_) != 1) return;
    parser_.reset(&storage_);
    yaml_parser_set_encoding(&storage_, YAML_UTF8_ENCODING);
    const char* data = text.empty() ? "" : text.data();  // never null
    yaml_parser_set_input_string(
        &storage_, reinterpret_cast<const yaml_char_t*>(data), text.size());
  }

  Result<std::vector<Json>> Run() {
    if (parser_ == nullptr) return Fail(Reason::kInternal, "no memory");
    for (bool ended = false; !ended;) {
      YamlEvent event;
      if (yaml_parser_parse(parser_.get(), event.get()) != 1) return Problem();
      const Status taken = Take(event);
      if (!taken) return WithPlace(taken.error(), event->start_mark);
      ended = event->type == YAML_STREAM_END_EVENT;
    }
    return std::move(documents_);
  }

  // Where the second document begins.
  const std::string& second() const { return second_; }

 private:
  static Error WithPlace(Error error, const yaml_mark_t& mark) {
    error.detail.insert(0, PlaceInYaml(mark));
    return error;
  }

  Error Problem() const {
    const char* problem = storage_.problem;
    return MalformedYaml(PlaceInYaml(storage_.problem_mark) +
                         (problem == nullptr ? "unreadable" : problem));
  }

  Status Take(const YamlEvent& event) {
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        return StartDocument(event);
      case YAML_DOCUMENT_END_EVENT:
        return EndDocument();
      case YAML_ALIAS_EVENT:
        return UnsupportedYaml("an alias");
      case YAML_SCALAR_EVENT:
        return TakeScalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return Open(YamlKind::kArray, event->data.sequence_start.anchor,
                    event->data.sequence_start.tag);
      case YAML_MAPPING_START_EVENT:
        return Open(YamlKind::kObject, event->data.mapping_start.anchor,
                    event->data.mapping_start.tag);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        builder_.Close();
        return Ok();
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
        return Ok();
    }
    return MalformedYaml("an unknown event");
  }

  Status StartDocument(const YamlEvent& event) {
    const auto& start = event->data.document_start;
    if (start.version_directive != nullptr ||
        start.tag_directives.start != start.tag_directives.end) {
      return UnsupportedYaml("a directive");
    }
    if (++seen_ > limits::kYamlDocuments) {
      return Fail(Reason::kTooLarge, "too many documents");
    }
    if (seen_ == 2) second_ = PlaceInYaml(event->start_mark);
    return Ok();
  }

  Status EndDocument() {
    Json document = builder_.Take();
    if (!document.IsNull()) documents_.push_back(std::move(document));
    builder_ = JsonBuilder();
    return Ok();
  }

  Status CountNode(const yaml_char_t* anchor) {
    if (anchor != nullptr) return UnsupportedYaml("an anchor");
    if (++nodes_ <= limits::kYamlNodes) return Ok();
    return Fail(Reason::kTooLarge, "too many values");
  }

  Status Open(YamlKind kind, const yaml_char_t* anchor,
              const yaml_char_t* tag) {
    const Status counted = CountNode(anchor);
    if (!counted) return counted;
    if (builder_.NeedsKey()) return UnsupportedYaml("a key that is no text");
    const bool object = kind == YamlKind::kObject;
    if (tag != nullptr &&
        YamlText(tag) != (object ? YAML_MAP_TAG : YAML_SEQ_TAG)) {
      return UnsupportedYaml("the tag " + Printable(YamlText(tag), 80));
    }
    return builder_.Open(object ? JsonBuilder::Level::kObject
                                : JsonBuilder::Level::kArray);
  }

  Status TakeScalar(const YamlEvent& event) {
    const Status counted = CountNode(event->data.scalar.anchor);
    if (!counted) return counted;
    auto value = ReadScalar(event);
    if (!value) return value.error();
    if (!builder_.NeedsKey()) {
      builder_.Add(*std::move(value));
      return Ok();
    }
    if (value->AsString() == nullptr) {
      return UnsupportedYaml("a key that is no text; put it in quotes");
    }
    return builder_.Key(*value->AsString());
  }

  static Result<Json> ReadScalar(const YamlEvent& event) {
    const auto& scalar = event->data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value),
                                scalar.length);
    const std::string_view tag = YamlText(scalar.tag);
    if (tag == YAML_STR_TAG) return Json(std::string(text));
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (tag.empty() && !plain) return Json(std::string(text));
    auto value = ReadPlainScalar(text);
    if (!value || tag.empty() || IsTagOf(tag, *value)) return value;
    return UnsupportedYaml("the tag " + Printable(tag, 80));
  }

  static bool IsTagOf(std::string_view tag, const Json& value) {
    if (value.IsNull()) return tag == YAML_NULL_TAG;
    if (value.AsBool() != nullptr) return tag == YAML_BOOL_TAG;
    if (value.AsInt() != nullptr) return tag == YAML_INT_TAG;
    return value.AsNumber() != nullptr && tag == YAML_FLOAT_TAG;
  }

  yaml_parser_t storage_{};
  std::unique_ptr<yaml_parser_t, decltype(&yaml_parser_delete)> parser_;
  JsonBuilder builder_;
  std::vector<Json> documents_;
  std::string second_;
  std::size_t seen_ = 0;
  std::size_t nodes_ = 0;
};

// What libyaml would take beyond UTF-8 and JSON: a byte order mark at the start
// of any line, and other encodings.
Status CheckYamlText(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return Fail(Reason::kTooLarge, std::to_string(text.size()) +
                                       " bytes, at most " +
                                       std::to_string(most));
  }
  if (!IsUtf8(text)) return MalformedYaml("it is no UTF-8");
  if (text.find("\xEF\xBB\xBF") != text.npos) {
    return MalformedYaml("a byte order mark");
  }
  return Ok();
}

}  // namespace

Result<std::vector<Json>> ParseYamlDocuments(std::string_view text,
                                             std::size_t most) {
  const Status good = CheckYamlText(text, most);
  if (!good) return good.error();
  return YamlReader(text).Run();
}

Result<Json> ParseYaml(std::string_view text, std::size_t most) {
  const Status good = CheckYamlText(text, most);
  if (!good) return good.error();
  YamlReader reader(text);
  auto documents = reader.Run();
  if (!documents) return documents.error();
  if (!reader.second().empty()) {
    return MalformedYaml(reader.second() + "a second document");
  }
  if (documents->empty()) return Json();
  return std::move(documents->front());
}

}  // namespace assay
