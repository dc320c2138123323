// Lengths of time as operators write them: "90s", "30m", "12h", "7d", "2w".
#ifndef ASSAY_BASE_DURATION_H_
#define ASSAY_BASE_DURATION_H_

#include <chrono>
#include <optional>
#include <string_view>

namespace assay {

// A whole number of at least 1 and a unit, at most a hundred years; nullopt for
// anything else.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

}  // namespace assay

#endif  // ASSAY_BASE_DURATION_H_
