// Time as a value: the decision is given "now", it never asks for it.
#ifndef ASSAY_BASE_CLOCK_H_
#define ASSAY_BASE_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace assay {

using Time = std::chrono::sys_seconds;                   // wall clock, UTC
using Deadline = std::chrono::steady_clock::time_point;  // when to give up

}  // namespace assay

#endif  // ASSAY_BASE_CLOCK_H_
