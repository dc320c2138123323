// Time as a value: the decision is given "now", it never asks for it.
#ifndef ASSAY_BASE_CLOCK_H_
#define ASSAY_BASE_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

using Time = std::chrono::sys_seconds;                   // wall clock, UTC
using Deadline = std::chrono::steady_clock::time_point;  // when to give up

// "2026-01-31T12:00:00Z" (RFC 3339, UTC).
std::string Rfc3339(Time time);
// The same form, also with an offset ("+01:00") in place of the Z and with a
// fraction of a second, which is dropped.
std::optional<Time> ParseRfc3339(std::string_view text);

}  // namespace assay

#endif  // ASSAY_BASE_CLOCK_H_
