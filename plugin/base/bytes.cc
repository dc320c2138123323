#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace assay {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

constexpr auto kBase64Values = [] {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Digits[i])] =
        static_cast<std::int8_t>(i);
  }
  return values;
}();

std::uint8_t Byte(char c) { return static_cast<std::uint8_t>(c); }

void AppendEscaped(std::string& out, std::uint8_t byte) {
  out += "\\x";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 0x0F];
}

// Whether the UTF-8 character is one that moves the cursor, ends the line or
// turns the direction of what is around it: U+0080 to U+009F, U+2028, U+2029,
// U+202A to U+202E, U+2066 to U+2069.
bool IsUnseen(std::string_view character) {
  if (character.size() == 2) {
    return Byte(character[0]) == 0xC2 && Byte(character[1]) < 0xA0;
  }
  if (character.size() != 3 || Byte(character[0]) != 0xE2) return false;
  const std::uint8_t last = Byte(character[2]);
  if (Byte(character[1]) == 0x80) return last >= 0xA8 && last <= 0xAE;
  return Byte(character[1]) == 0x81 && last >= 0xA6 && last <= 0xA9;
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* to = out.data();
  for (const char byte : bytes) {
    *to++ = kHexDigits[Byte(byte) >> 4];
    *to++ = kHexDigits[Byte(byte) & 0x0F];
  }
  return out;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8) | (j < count ? Byte(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= count ? kBase64Digits[(group >> (18 - 6 * j)) & 0x3F] : '=';
    }
  }
  return text;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() &&
         text[text.size() - 1 - padding] == '=') {
    ++padding;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  const std::string_view digits = text.substr(0, text.size() - padding);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    const std::int8_t value = kBase64Values[Byte(c)];
    if (value < 0) return std::nullopt;
    group = (group << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>((group >> bits) & 0xFF);
    group &= (1U << bits) - 1;
  }
  if (group != 0) return std::nullopt;  // bits that stand for no byte
  return bytes;
}

std::optional<std::string> Base64UrlDecode(std::string_view text) {
  std::string standard;
  standard.reserve(text.size() + 3);
  for (const char c : text) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    standard += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  standard.append((4 - standard.size() % 4) % 4, '=');
  return Base64Decode(standard);
}

std::size_t Utf8Length(std::string_view text) {
  const std::uint8_t first = Byte(text[0]);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = Byte(text[i]);
    if (next < (i == 1 ? low : 0x80) || next > (i == 1 ? high : 0xBF)) return 0;
  }
  return length;
}

std::string Printable(std::string_view text, std::size_t most) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  const std::string_view head = text.substr(0, most);
  std::string out(head.begin(),
                  std::find_if_not(head.begin(), head.end(), is_plain));
  text.remove_prefix(out.size());
  while (!text.empty()) {
    if (out.size() >= most) return out + "...";
    const std::uint8_t first = Byte(text[0]);
    const std::size_t length = Utf8Length(text);
    const std::string_view character =
        text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || first < 0x20 || first == 0x7F || IsUnseen(character)) {
      for (const char byte : character) AppendEscaped(out, Byte(byte));
    } else {
      out.append(character);
    }
    text.remove_prefix(character.size());
  }
  return out;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0 || text[0] == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace assay
