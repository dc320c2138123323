// Which answers are worth another try, and when.
#ifndef ASSAY_IO_REGISTRY_RETRY_H_
#define ASSAY_IO_REGISTRY_RETRY_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace assay::registry {

inline constexpr int kTries = 3;

// Throttled (429) or broken for now (500, 502, 503, 504).
bool IsWorthRetry(int status);

// The wait that a Retry-After header asks for (RFC 9110 section 10.2.3:
// seconds or a date), nullopt when there is none or it cannot be read.
std::optional<std::chrono::milliseconds> ReadRetryAfter(
    std::string_view value, std::chrono::system_clock::time_point now);

// How long to wait after `tries` tries: what the server asks for, else growing
// and spread by `random` (0 to 1).
std::chrono::milliseconds RetryDelay(const std::string& retry_after, int tries,
                                     double random);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_RETRY_H_
