#include "io/registry/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "io/registry/header_scanner.h"

namespace assay::registry {
namespace {

std::string Variable(const char* upper, const char* lower) {
  const char* value = std::getenv(upper);
  if (value == nullptr || *value == '\0') value = std::getenv(lower);
  return value == nullptr ? std::string() : std::string(value);
}

struct Address {
  int bits = 0;  // of the whole address
  std::array<unsigned char, 16> bytes{};
};

std::optional<Address> ParseAddress(std::string text) {
  if (text.size() > 2 && text.front() == '[') {
    text = text.substr(1, text.size() - 2);
  }
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
    return address;
  }
  return std::nullopt;
}

// "10.0.0.0/8" and such; false when `rule` is no block.
bool InBlock(const Address& address, std::string_view rule) {
  const std::size_t slash = rule.find('/');
  if (slash == std::string_view::npos) return false;
  const auto network = ParseAddress(std::string(rule.substr(0, slash)));
  const std::string_view digits = rule.substr(slash + 1);
  int length = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!network || network->bits != address.bits || length < 0 ||
      length > address.bits) {
    return false;
  }
  for (int bit = 0; bit < length; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = 0x80U >> static_cast<unsigned>(bit % 8);
    if ((network->bytes[byte] & mask) != (address.bytes[byte] & mask)) {
      return false;
    }
  }
  return true;
}

// "example.com" stands for itself and what is below, ".example.com" and
// "*.example.com" for what is below only.
bool InDomain(const std::string& host, std::string rule) {
  if (rule.starts_with("*.")) rule.erase(0, 1);
  if (rule.starts_with('.')) return host.ends_with(rule);
  return host == rule || host.ends_with("." + rule);
}

}  // namespace

ProxyRules::Environment ProxyRules::FromProcess() {
  return {Variable("HTTP_PROXY", "http_proxy"),
          Variable("HTTPS_PROXY", "https_proxy"),
          Variable("NO_PROXY", "no_proxy")};
}

ProxyRules::ProxyRules(const Environment& environment)
    : http_(environment.http_proxy), https_(environment.https_proxy) {
  std::string_view rest = environment.no_proxy;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string rule = LowerAscii(TrimSpace(rest.substr(0, comma)));
    if (!rule.empty()) exceptions_.push_back(rule);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size()
                                                       : comma + 1);
  }
}

std::string ProxyRules::For(const Url& url) const {
  const std::string& proxy = url.secure() ? https_ : http_;
  if (proxy.empty() || IsLoopbackHost(url.host()) || Excepts(url)) return {};
  return proxy;
}

bool ProxyRules::Excepts(const Url& url) const {
  const auto address = ParseAddress(url.host());
  return std::any_of(
      exceptions_.begin(), exceptions_.end(), [&](const std::string& rule) {
        if (rule == "*") return true;
        if (address && InBlock(*address, rule)) return true;
        // A bare IPv6 address has colons, but no port.
        const bool plain = ParseAddress(rule).has_value();
        const HostPort parts = plain ? HostPort{rule, {}} : SplitHostPort(rule);
        if (!parts.port.empty() && parts.port != url.port()) return false;
        if (!address) return InDomain(url.host(), parts.host);
        const auto same = ParseAddress(parts.host);
        return same && same->bits == address->bits &&
               same->bytes == address->bytes;
      });
}

}  // namespace assay::registry
