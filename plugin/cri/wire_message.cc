#include "cri/wire_message.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"

namespace assay::cri {
namespace {

constexpr std::uint64_t kHighestNumber = (1U << 29) - 1;
// Far more than a kubelet sends; a message of nothing but tiny fields would
// otherwise become many times as large in memory.
constexpr std::size_t kMostFields = 65'536;

Error MalformedMessage(std::string_view what) {
  return Fail(Reason::kHookMalformed, std::string(what));
}

class WireCursor {
 public:
  explicit WireCursor(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }

  std::optional<std::uint64_t> Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return std::nullopt;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      const std::uint64_t bits = byte & 0x7FU;
      if (shift == 63 && bits > 1) return std::nullopt;
      value |= bits << shift;
      if ((byte & 0x80U) == 0) {
        const bool padded = byte == 0 && shift != 0;
        return padded ? std::nullopt : std::optional(value);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string_view> Bytes(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

 private:
  std::string_view rest_;
};

// What a field of the wire type holds, without its length.
std::optional<std::string_view> Content(WireCursor& cursor,
                                        std::uint64_t wire_type) {
  constexpr std::uint64_t kVarint = 0;
  constexpr std::uint64_t kFixed64 = 1;
  constexpr std::uint64_t kCounted = 2;
  constexpr std::uint64_t kFixed32 = 5;
  switch (wire_type) {
    case kVarint:
      return cursor.Varint() ? std::optional(std::string_view()) : std::nullopt;
    case kFixed64:
      return cursor.Bytes(8);
    case kCounted:
      if (const auto count = cursor.Varint()) return cursor.Bytes(*count);
      return std::nullopt;
    case kFixed32:
      return cursor.Bytes(4);
    default:
      return std::nullopt;  // groups, and what does not exist
  }
}

}  // namespace

Result<WireMessage> WireMessage::Parse(std::string_view bytes) {
  WireMessage message;
  WireCursor cursor(bytes);
  while (!cursor.done()) {
    const auto tag = cursor.Varint();
    const std::uint64_t number = tag.value_or(0) >> 3U;
    if (number == 0 || number > kHighestNumber) {
      return MalformedMessage("the message has a field without a number");
    }
    const std::uint64_t wire_type = *tag & 7U;
    const auto content = Content(cursor, wire_type);
    if (!content) {
      return MalformedMessage("field " + std::to_string(number) +
                              " of the message cannot be read");
    }
    if (message.fields_.size() == kMostFields) {
      return MalformedMessage("the message has too many fields");
    }
    message.fields_.push_back(
        {static_cast<std::uint32_t>(number), wire_type == 2, *content});
  }
  return message;
}

bool WireMessage::Has(std::uint32_t number) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) {
    return field.number == number;
  });
}

Result<std::string_view> WireMessage::Only(std::uint32_t number) const {
  const auto wanted = [&](const Field& field) {
    return field.number == number;
  };
  const auto found = std::find_if(fields_.begin(), fields_.end(), wanted);
  if (found == fields_.end()) return std::string_view();
  const std::string name = "field " + std::to_string(number);
  if (std::find_if(found + 1, fields_.end(), wanted) != fields_.end()) {
    return MalformedMessage(name + " stands twice");
  }
  if (!found->counted) return MalformedMessage(name + " is a number");
  return found->bytes;
}

Result<std::string> WireMessage::Text(std::uint32_t number) const {
  const auto bytes = Only(number);
  if (!bytes) return bytes.error();
  if (!IsUtf8(*bytes)) {
    return MalformedMessage("field " + std::to_string(number) + " is not text");
  }
  return std::string(*bytes);
}

Result<WireMessage> WireMessage::Message(std::uint32_t number) const {
  const auto bytes = Only(number);
  if (!bytes) return bytes.error();
  return Parse(*bytes);
}

}  // namespace assay::cri
