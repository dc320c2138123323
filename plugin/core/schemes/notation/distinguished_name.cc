#include "core/schemes/notation/distinguished_name.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "core/trust/certificate_details.h"

namespace assay {
namespace {

struct AttributeType {
  std::string_view oid;
  std::string_view name;
};

// RFC 4514 section 3 and RFC 4519, those that the Notary Project's own
// implementation prints by name.
constexpr auto kTypes = std::to_array<AttributeType>({
    {"2.5.4.3", "CN"},
    {"2.5.4.5", "SERIALNUMBER"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.9", "STREET"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.17", "POSTALCODE"},
});

constexpr auto kRequired = std::to_array<const char*>({"C", "ST", "O"});

// RFC 4514 section 2.4: what a backslash may stand before.
constexpr std::string_view kEscapable = " \"#+,;<=>\\";
// What must not stand in a value without one.
constexpr std::string_view kMustEscape = "\"+;<>";

Error BadName(std::string detail) {
  return Fail(Reason::kPolicyMalformed, std::move(detail));
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes what stands before the next comma that is not escaped.
std::string_view TakePart(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ',') {
    end += text[end] == '\\' ? 2 : 1;
  }
  end = std::min(end, text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// One escape, the backslash already taken.
std::optional<char> TakeEscape(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  if (kEscapable.find(text[0]) != std::string_view::npos) {
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }
  std::string digits(text.substr(0, 2));
  for (char& digit : digits) {
    if ('A' <= digit && digit <= 'F') digit = static_cast<char>(digit + 0x20);
  }
  const auto byte = HexDecode(digits);
  if (!byte || byte->size() != 1) return std::nullopt;
  text.remove_prefix(2);
  return byte->front();
}

// Spaces at its end mean nothing, unless the last is escaped.
std::string_view TrimmedValue(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
  return text;
}

Result<std::string> ReadValue(std::string_view written) {
  std::string_view text = TrimmedValue(written);
  if (text.starts_with('#')) return BadName("a value in hexadecimal");
  std::string value;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (kMustEscape.find(c) != std::string_view::npos) {
      return BadName(std::string("an unescaped ") + c);
    }
    if (c != '\\') {
      value += c;
      continue;
    }
    const auto escaped = TakeEscape(text);
    if (!escaped) return BadName("a backslash before what needs none");
    value += *escaped;
  }
  if (value.empty()) return BadName("an empty value");
  return value;
}

bool IsKnownType(std::string_view name) {
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](const auto& type) { return type.name == name; });
}

const char* FindMissing(const std::map<std::string, std::string>& attributes) {
  for (const char* type : kRequired) {
    if (attributes.find(type) == attributes.end()) return type;
  }
  return nullptr;
}

}  // namespace

Result<DistinguishedName> DistinguishedName::Parse(std::string_view text) {
  std::map<std::string, std::string> attributes;
  if (text.ends_with(',')) return BadName("it ends in a comma");
  while (!text.empty()) {
    const std::string_view part = TakePart(text);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return BadName("'" + std::string(part) + "' is no TYPE=VALUE");
    }
    std::string type(Trimmed(part.substr(0, equals)));
    if (type == "S") type = "ST";
    if (!IsKnownType(type)) return BadName("there is no type '" + type + "'");
    auto value = ReadValue(part.substr(equals + 1));
    if (!value) return WithContext(value.error(), type);
    if (!attributes.emplace(type, *std::move(value)).second) {
      return BadName(type + " occurs twice");
    }
  }
  if (const char* missing = FindMissing(attributes)) {
    return BadName(std::string(missing) +
                   " is missing: C, ST and O must be there");
  }
  return DistinguishedName(std::move(attributes));
}

Result<DistinguishedName> DistinguishedName::OfSubject(
    const Certificate& certificate) {
  const auto refuse = [&](std::string_view what) {
    return Fail(Reason::kIdentityMismatch, certificate.Subject() + ": " +
                                               std::string(what) +
                                               ", so only \"*\" matches it");
  };
  std::map<std::string, std::string> attributes;
  int last_group = -1;
  for (const NameAttribute& one : SubjectOf(certificate)) {
    const auto* type =
        std::find_if(kTypes.begin(), kTypes.end(),
                     [&](const auto& row) { return row.oid == one.oid; });
    if (type == kTypes.end()) return refuse("it has a part " + one.oid);
    if (one.group == last_group) return refuse("several attributes in a part");
    last_group = one.group;
    if (!attributes.emplace(type->name, one.value).second) {
      return refuse(std::string(type->name) + " occurs twice");
    }
  }
  if (const char* missing = FindMissing(attributes)) {
    return refuse(std::string(missing) + " is missing");
  }
  return DistinguishedName(std::move(attributes));
}

bool DistinguishedName::IsWithin(const DistinguishedName& other) const {
  return std::all_of(
      attributes_.begin(), attributes_.end(), [&](const auto& one) {
        const auto found = other.attributes_.find(one.first);
        return found != other.attributes_.end() && found->second == one.second;
      });
}

std::string DistinguishedName::str() const {
  std::string text;
  for (const auto& [type, value] : attributes_) {
    if (!text.empty()) text += ',';
    text.append(type).append("=").append(value);
  }
  return text;
}

}  // namespace assay
