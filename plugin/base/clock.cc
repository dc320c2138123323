#include "base/clock.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace assay {
namespace {

bool IsDigit(char c) { return '0' <= c && c <= '9'; }

// Whether `text` has the pattern's length and form; '0' stands for a digit.
bool HasForm(std::string_view text, std::string_view pattern) {
  return std::equal(
      text.begin(), text.end(), pattern.begin(), pattern.end(),
      [](char c, char form) { return form == '0' ? IsDigit(c) : c == form; });
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = 10 * number + (c - '0');
  return number;
}

}  // namespace

std::string Rfc3339(Time time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::optional<Time> ParseRfc3339(std::string_view text) {
  constexpr std::string_view kSeconds = "0000-00-00T00:00:00";
  const auto whole = text.substr(0, kSeconds.size());
  auto rest = text.substr(whole.size());
  if (!HasForm(whole, kSeconds) || !rest.ends_with('Z')) return std::nullopt;
  rest.remove_suffix(1);
  if (!rest.empty() && (rest.size() < 2 || rest.front() != '.' ||
                        !std::all_of(rest.begin() + 1, rest.end(), IsDigit))) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(Number(text.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(Number(text.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(Number(text.substr(8, 2)))));
  const int hour = Number(text.substr(11, 2));
  const int minute = Number(text.substr(14, 2));
  const int second = Number(text.substr(17, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

}  // namespace assay
