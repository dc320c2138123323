#include "core/subject/reference.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kDefaultHost = "docker.io";

bool IsLowerAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsAlnum(char c) { return IsLowerAlnum(c) || (c >= 'A' && c <= 'Z'); }

// path-component := [a-z0-9]+ ( ( "." | "_" | "__" | "-"+ ) [a-z0-9]+ )*
bool IsPathComponent(std::string_view text) {
  if (text.empty() || !IsLowerAlnum(text.front()) ||
      !IsLowerAlnum(text.back())) {
    return false;
  }
  std::string_view separator;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsLowerAlnum(text[i])) {
      const bool known = separator.empty() || separator == "." ||
                         separator == "_" || separator == "__" ||
                         separator.find_first_not_of('-') == separator.npos;
      if (!known) return false;
      separator = {};
    } else {
      const std::size_t begin = i - separator.size();
      separator = text.substr(begin, separator.size() + 1);
    }
  }
  return true;
}

bool IsPath(std::string_view text) {
  for (;;) {
    const std::size_t slash = text.find('/');
    if (!IsPathComponent(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool IsHostLabel(std::string_view text) {
  return !text.empty() && IsAlnum(text.front()) && IsAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlnum(c) || c == '-'; });
}

bool IsHostName(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!IsHostLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsIpv6Literal(std::string_view text) {
  return text.size() > 4 && text.front() == '[' && text.back() == ']' &&
         text.substr(1, text.size() - 2)
                 .find_first_not_of("0123456789abcdefABCDEF:") ==
             std::string_view::npos;
}

bool IsHost(std::string_view text) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon =
      text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    if (!IsPort(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  return IsHostName(text) || IsIpv6Literal(text);
}

// tag := [A-Za-z0-9_][A-Za-z0-9._-]{0,127}
bool IsTag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text[0] != '.' &&
         text[0] != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlnum(c) || c == '_' || c == '.' || c == '-';
         });
}

// The first component is a host when it cannot be a path component.
bool LooksLikeHost(std::string_view first) {
  return first == "localhost" ||
         first.find_first_of(".:") != std::string_view::npos ||
         std::any_of(first.begin(), first.end(),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Error MalformedReference(std::string_view text) {
  return Fail(Reason::kReferenceMalformed, Printable(text));
}

}  // namespace

Result<Reference> Reference::Parse(std::string_view text) {
  if (text.size() > limits::kReferenceBytes) return MalformedReference(text);
  Reference name;
  std::string_view rest = text;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    auto digest = Digest::Parse(rest.substr(at + 1));
    if (!digest) return MalformedReference(text);
    name.digest_ = *std::move(digest);
    rest = rest.substr(0, at);
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && LooksLikeHost(rest.substr(0, slash))) {
    name.host_ = LowerCase(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  } else {
    name.host_ = kDefaultHost;
  }
  if (const std::size_t colon = rest.rfind(':');
      colon != std::string_view::npos) {
    if (!IsTag(rest.substr(colon + 1))) return MalformedReference(text);
    name.tag_ = std::string(rest.substr(colon + 1));
    rest = rest.substr(0, colon);
  }
  name.path_ = rest;
  if (name.host_ == "index.docker.io") name.host_ = kDefaultHost;
  if (!IsHost(name.host_) || !IsPath(name.path_))
    return MalformedReference(text);
  if (name.host_ == kDefaultHost && name.path_.find('/') == std::string::npos) {
    name.path_ = "library/" + name.path_;
  }
  if (!name.tag_ && !name.digest_) name.tag_ = "latest";
  return name;
}

std::string Reference::str() const {
  std::string text = Repository();
  if (tag_) text += ":" + *tag_;
  if (digest_) text += "@" + digest_->str();
  return text;
}

Reference Reference::WithTag(std::string tag) const {
  Reference other = *this;
  other.tag_ = std::move(tag);
  other.digest_.reset();
  return other;
}

Reference Reference::WithDigest(const Digest& digest) const {
  Reference other = *this;
  other.tag_.reset();
  other.digest_ = digest;
  return other;
}

}  // namespace assay
