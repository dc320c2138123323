#include "base/duration.h"

#include <charconv>
#include <cstdint>
#include <map>

namespace assay {

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  static const std::map<char, std::int64_t> kUnits = {
      {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
  constexpr std::int64_t kLongest = 36'500LL * 86'400;
  if (text.empty()) return std::nullopt;
  const auto unit = kUnits.find(text.back());
  text.remove_suffix(1);
  std::int64_t count = 0;
  const char* last = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), last, count);
  if (unit == kUnits.end() || problem != std::errc{} || stop != last ||
      count < 1 || count > kLongest / unit->second) {
    return std::nullopt;
  }
  return std::chrono::seconds(count * unit->second);
}

}  // namespace assay
