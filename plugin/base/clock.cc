#include "base/clock.h"

#include <algorithm>
#include <array>
#include <cstdio>

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

// What an offset from UTC adds to the clock: "Z", "+01:00", "-08:30".
std::optional<std::chrono::minutes> ReadOffset(std::string_view text) {
  if (text == "Z") return std::chrono::minutes(0);
  if (!HasForm(text, "+00:00") && !HasForm(text, "-00:00")) return std::nullopt;
  const int hours = Number(text.substr(1, 2));
  const int minutes = Number(text.substr(4, 2));
  if (hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(60 * hours + minutes);
  return text.front() == '-' ? -offset : offset;
}

}  // namespace

std::string Rfc3339(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Time> ParseRfc3339(std::string_view text) {
  constexpr std::string_view kSeconds = "0000-00-00T00:00:00";
  const auto whole = text.substr(0, kSeconds.size());
  if (!HasForm(whole, kSeconds)) return std::nullopt;
  auto rest = text.substr(whole.size());
  const std::size_t zone = rest.find_first_of("Z+-");
  if (zone == std::string_view::npos) return std::nullopt;
  const auto offset = ReadOffset(rest.substr(zone));
  rest = rest.substr(0, zone);
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
  if (!offset || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) - *offset;
}

}  // namespace assay
