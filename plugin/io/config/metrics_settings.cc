#include <arpa/inet.h>

#include <charconv>

#include "io/config/node_config.h"

namespace assay {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kMostPath = 107;  // of sockaddr_un, with its end

bool IsAddress(int family, const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(family, host.c_str(), bytes) == 1;
}

// 0 where it is no port.
std::uint16_t PortNamed(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  return read.ec == std::errc() && read.ptr == end ? port : 0;
}

}  // namespace

std::optional<MetricsSettings> MetricsSettings::Parse(std::string_view listen) {
  if (listen.starts_with(kUnix)) {
    const std::string_view path = listen.substr(kUnix.size());
    if (!path.starts_with('/') || path.size() > kMostPath) return std::nullopt;
    return MetricsSettings{std::string(path), {}, 0};
  }
  const auto colon = listen.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::uint16_t port = PortNamed(listen.substr(colon + 1));
  std::string host(listen.substr(0, colon));
  int family = AF_INET;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    family = AF_INET6;
  }
  if (port == 0 || !IsAddress(family, host)) return std::nullopt;
  return MetricsSettings{{}, std::move(host), port};
}

std::string MetricsSettings::str() const {
  if (!path.empty()) return std::string(kUnix) + path;
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace assay
