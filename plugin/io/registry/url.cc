#include "io/registry/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "io/registry/address.h"

namespace assay::registry {
namespace {

constexpr std::size_t kUrlBytes = 8192;

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F; });
}

// A path that stays as it is however an address is read: no segment of dots,
// nothing to escape, no query and no fragment.
bool NeedsNoReading(std::string_view path) {
  if (path.size() > kUrlBytes / 2) return false;
  char before = '\0';
  return std::all_of(path.begin(), path.end(), [&](char c) {
    const bool starts_segment = std::exchange(before, c) == '/';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9');
    if (letter) return true;
    if (starts_segment) return false;
    return c == '/' || c == '-' || c == '_' || c == '.' || c == ':';
  });
}

Error NoUrl(std::string_view text) {
  return Fail(Reason::kRegistryProtocol, "not an address: " + Printable(text));
}

}  // namespace

struct Url::Handle {
  Handle() : url(curl_url()) {}
  ~Handle() { curl_url_cleanup(url); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  bool Set(std::string_view text) const {
    return url != nullptr &&
           curl_url_set(url, CURLUPART_URL, std::string(text).c_str(), 0) == 0;
  }
  std::string Get(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owner(text, &curl_free);
    return text;
  }

  CURLU* url;
};

Result<Url> Url::Read(const Handle& handle) {
  if (!handle.Get(CURLUPART_USER).empty() ||
      !handle.Get(CURLUPART_PASSWORD).empty()) {
    return Fail(Reason::kRegistryProtocol, "an address with a user name");
  }
  curl_url_set(handle.url, CURLUPART_FRAGMENT, nullptr, 0);
  Url url;
  url.text_ = handle.Get(CURLUPART_URL);
  url.scheme_ = handle.Get(CURLUPART_SCHEME);
  url.host_ = handle.Get(CURLUPART_HOST);
  url.port_ = handle.Get(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::transform(url.host_.begin(), url.host_.end(), url.host_.begin(),
                 [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                 });
  const bool web = url.scheme_ == "http" || url.scheme_ == "https";
  // A host may have been percent-encoded: bytes that only look like a name.
  if (!web || url.host_.empty() || !IsPrintableAscii(url.host_) ||
      url.port_.empty() || url.text_.empty()) {
    return NoUrl(url.text_);
  }
  return url;
}

Result<Url> Url::Parse(std::string_view text) {
  const Handle handle;
  if (text.size() > kUrlBytes || !IsPrintableAscii(text) || !handle.Set(text)) {
    return NoUrl(text);
  }
  return Read(handle);
}

Result<Url> Url::At(std::string_view path) const {
  if (!path.starts_with('/')) return NoUrl(path);
  const std::size_t server = text_.find('/', text_.find("://") + 3);
  std::string text = text_.substr(0, server);
  text.append(path);
  if (!NeedsNoReading(path)) return Parse(text);
  Url url = *this;
  url.text_ = std::move(text);
  return url;
}

Result<Url> Url::Resolve(std::string_view relative) const {
  const Handle handle;
  if (relative.empty() || relative.size() > kUrlBytes ||
      !IsPrintableAscii(relative) || !handle.Set(text_) ||
      !handle.Set(relative)) {
    return NoUrl(relative);
  }
  return Read(handle);
}

Result<Url> Url::WithQuery(std::string_view name,
                           std::string_view value) const {
  const char* glue = text_.find('?') == std::string::npos ? "?" : "&";
  return Parse(text_ + glue + PercentEncode(name) + "=" + PercentEncode(value));
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

HostPort SplitHostPort(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool port = colon != std::string_view::npos &&
                    (bracket == std::string_view::npos || colon > bracket);
  if (!port) return {std::string(authority), {}};
  return {std::string(authority.substr(0, colon)),
          std::string(authority.substr(colon + 1))};
}

bool IsLoopbackHost(std::string_view host) {
  return host == "localhost" ||
         ClassifyLiteral(host) == AddressClass::kLoopback;
}

}  // namespace assay::registry
