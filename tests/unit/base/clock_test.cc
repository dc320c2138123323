#include "base/clock.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

constexpr std::int64_t kBirthday = 1'709'210'096;  // 2024-02-29T12:34:56Z

std::int64_t Parsed(std::string_view text) {
  const auto time = ParseRfc3339(text);
  return time ? time->time_since_epoch().count() : -1;
}

}  // namespace

TEST_CASE("a time is written in one form and read back") {
  const Time time{std::chrono::seconds(kBirthday)};
  CHECK(Rfc3339(time) == "2024-02-29T12:34:56Z");
  CHECK(ParseRfc3339(Rfc3339(time)) == time);
  CHECK(Rfc3339(Time{}) == "1970-01-01T00:00:00Z");
}

TEST_CASE("a fraction of a second is dropped") {
  CHECK(Parsed("2024-02-29T12:34:56.999Z") == kBirthday);
  CHECK(Parsed("2024-02-29T12:34:56.000000001Z") == kBirthday);
}

TEST_CASE("an offset is taken off") {
  CHECK(Parsed("2024-02-29T12:34:56+00:00") == kBirthday);
  CHECK(Parsed("2024-02-29T14:04:56+01:30") == kBirthday);
  CHECK(Parsed("2024-02-29T04:34:56.123-08:00") == kBirthday);
  CHECK(Parsed("2024-03-01T00:04:56+11:30") == kBirthday);
}

TEST_CASE("what is no time is not read") {
  for (const auto* text : {"",
                           "2024-02-29",
                           "2024-02-29T12:34:56",
                           "2024-02-29T12:34:56z",
                           "2024-02-29t12:34:56Z",
                           "2024-02-29 12:34:56Z",
                           "2024-02-29T12:34:56+0000",
                           "2024-02-29T12:34:56.Z",
                           "2024-02-29T12:34:56+24:00",
                           "2024-02-29T12:34:56+01:60",
                           "2024-02-29T12:34:56+01:00Z",
                           "2024-02-29T12:34:56.+01:00",
                           "2024-02-29T12:34:56,5Z",
                           "2024-02-29T12:34:56.5xZ",
                           "2024-02-29T12:34:56ZZ",
                           " 2024-02-29T12:34:56Z",
                           "2023-02-29T12:34:56Z",
                           "2024-13-01T12:34:56Z",
                           "2024-02-29T24:00:00Z",
                           "2024-02-29T12:60:00Z",
                           "2024-02-29T12:34:60Z",
                           "02024-02-29T12:34:56Z",
                           "2024-2-29T12:34:56Z"}) {
    INFO(text);
    CHECK_FALSE(ParseRfc3339(text));
  }
}
