#include "io/registry/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace assay::registry {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

bool IsWorthRetry(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

std::optional<milliseconds> ReadRetryAfter(std::string_view value,
                                           system_clock::time_point now) {
  constexpr std::int64_t kDay = 86'400;
  if (value.empty()) return std::nullopt;
  std::int64_t count = 0;
  const char* last = value.data() + value.size();
  const auto [end, code] = std::from_chars(value.data(), last, count);
  if (code == std::errc() && end == last && count >= 0) {
    return seconds(std::min(count, kDay));
  }
  const time_t when = curl_getdate(std::string(value).c_str(), nullptr);
  if (when < 0) return std::nullopt;
  const std::int64_t wait = when - system_clock::to_time_t(now);
  return seconds(std::clamp<std::int64_t>(wait, 0, kDay));
}

milliseconds RetryDelay(const std::string& retry_after, int tries,
                        double random) {
  const auto asked = ReadRetryAfter(retry_after, system_clock::now());
  if (asked) return *asked;
  const double base = tries <= 1 ? 60.0 : 200.0;
  return milliseconds(static_cast<std::int64_t>(base * (0.5 + random)));
}

}  // namespace assay::registry
