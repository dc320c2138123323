#include "core/policy/constraint.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

constexpr Time kNow{std::chrono::seconds(1'780'000'000)};

std::optional<Constraint> Read(const std::string& text,
                               Diagnostics& diagnostics) {
  const auto table = Toml::Parse(text, "c.toml", diagnostics);
  REQUIRE(table);
  return Constraint::Read(*table, diagnostics);
}

Constraint Make(const std::string& rest) {
  Diagnostics diagnostics;
  auto read = Read("path = \"a\"\n" + rest, diagnostics);
  if (!read) FAIL(diagnostics.front().str());
  return *std::move(read);
}

// Of the predicate {"a": VALUE}; "" where VALUE is "" and nothing is there.
Result<std::optional<Time>> Check(const std::string& rest,
                                  const std::string& value) {
  const auto json = Json::Parse(value.empty() ? "{}" : "{\"a\":" + value + "}");
  REQUIRE(json);
  return Make(rest).Check(&*json, kNow);
}

bool Holds(const std::string& rest, const std::string& value) {
  const auto until = Check(rest, value);
  if (until) return true;
  CHECK(until.error().reason == Reason::kAttestationConstraint);
  return false;
}

std::string Told(const std::string& rest, const std::string& value) {
  const auto until = Check(rest, value);
  REQUIRE_FALSE(until);
  return until.error().detail;
}

std::string Problem(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(Read(text, diagnostics));
  REQUIRE_FALSE(diagnostics.empty());
  CHECK(diagnostics.front().reason == Reason::kPolicyMalformed);
  return diagnostics.front().str();
}

std::string With(const std::string& name, const std::string& value) {
  return "operator = \"" + name + "\"\nvalue = " + value + "\n";
}

std::string TimeText(std::int64_t from_now) {
  return "\"" + Rfc3339(kNow + std::chrono::seconds(from_now)) + "\"";
}

}  // namespace

TEST_CASE("values are equal only if they are of one kind") {
  CHECK(Holds(With("equals", "'x'"), R"("x")"));
  CHECK_FALSE(Holds(With("equals", "'x'"), R"("X")"));
  CHECK(Holds(With("equals", "7"), "7"));
  CHECK(Holds(With("equals", "7"), "7.0"));
  CHECK_FALSE(Holds(With("equals", "7"), R"("7")"));
  CHECK_FALSE(Holds(With("equals", "'7'"), "7"));
  CHECK(Holds(With("equals", "true"), "true"));
  CHECK_FALSE(Holds(With("equals", "true"), "1"));
  CHECK_FALSE(Holds(With("equals", "1"), "true"));
  CHECK_FALSE(Holds(With("equals", "9007199254740993"), "9007199254740992"));
  for (const auto* value : {"", "null", "[]", "{}", R"(["x"])"}) {
    CHECK_FALSE(Holds(With("equals", "'x'"), value));
    CHECK_FALSE(Holds(With("not_equals", "'y'"), value));
  }
}

TEST_CASE("what differs must be comparable") {
  CHECK(Holds(With("not_equals", "'x'"), R"("y")"));
  CHECK_FALSE(Holds(With("not_equals", "'x'"), R"("x")"));
  CHECK_FALSE(Holds(With("not_equals", "'x'"), "7"));
  CHECK(Holds(With("not_in", "['x', 'y']"), R"("z")"));
  CHECK_FALSE(Holds(With("not_in", "['x', 'y']"), R"("y")"));
  CHECK_FALSE(Holds(With("not_in", "['x', 'y']"), "true"));
}

TEST_CASE("one of several, a glob and an expression") {
  CHECK(Holds(With("in", "['x', 7]"), "7"));
  CHECK_FALSE(Holds(With("in", "['x', 7]"), R"("7")"));
  CHECK(Holds(With("glob", "'refs/tags/v*'"), R"("refs/tags/v1/x")"));
  CHECK_FALSE(Holds(With("glob", "'refs/tags/v*'"), R"("x refs/tags/v1")"));
  CHECK(Holds(With("regexp", "'v[0-9]+'"), R"("v12")"));
  CHECK_FALSE(Holds(With("regexp", "'v[0-9]+'"), R"("v12x")"));
  CHECK_FALSE(Holds(With("regexp", "'[0-9]+'"), "12"));
  const std::string most(64U << 10, 'x');
  CHECK(Holds(With("glob", "'x*'"), "\"" + most + "\""));
  CHECK_FALSE(Holds(With("glob", "'x*'"), "\"" + most + "x\""));
}

TEST_CASE("numbers have an order, texts have none") {
  CHECK(Holds(With("at_most", "7.0"), "6.9"));
  CHECK(Holds(With("at_most", "7.0"), "7"));
  CHECK_FALSE(Holds(With("at_most", "7.0"), "7.1"));
  CHECK_FALSE(Holds(With("at_most", "7.0"), R"("6.9")"));
  CHECK(Holds(With("at_least", "3"), "3"));
  CHECK(Holds(With("at_least", "3"), "18446744073709551615"));
  CHECK_FALSE(Holds(With("at_least", "3"), "-1e3"));
  CHECK_FALSE(Holds(With("at_least", "3"), "true"));
  CHECK_FALSE(Holds(With("at_least", "9007199254740993"), "9007199254740992"));
}

TEST_CASE("a time must lie in the past, but not too far") {
  const std::string week = With("not_older_than", "'7d'");
  const auto until = Check(week, TimeText(-100));
  REQUIRE(until);
  CHECK(*until == kNow + std::chrono::seconds(604'800 - 100));
  CHECK(Holds(week, TimeText(0)));
  CHECK(Holds(week, TimeText(1 - 604'800)));
  CHECK_FALSE(Holds(week, TimeText(-604'800)));
  CHECK_FALSE(Holds(week, TimeText(1)));
  CHECK_FALSE(Holds(week, R"("yesterday")"));
  CHECK_FALSE(Holds(week, "1780000000"));
  CHECK(Told(week, TimeText(60)).find("still to come") != std::string::npos);
  CHECK(Told(week, TimeText(-900'000)).find("too long ago") !=
        std::string::npos);
}

TEST_CASE("of several times the oldest ends it") {
  Diagnostics diagnostics;
  const auto constraint =
      Read("path = \"a[*]\"\n" + With("not_older_than", "'1h'"), diagnostics);
  REQUIRE(constraint);
  const auto json =
      Json::Parse("{\"a\":[" + TimeText(-5) + "," + TimeText(-50) + "]}");
  const auto until = constraint->Check(&*json, kNow);
  REQUIRE(until);
  CHECK(*until == kNow + std::chrono::seconds(3550));
}

TEST_CASE("presence and absence") {
  CHECK(Holds("operator = \"exists\"", "{}"));
  CHECK(Holds("operator = \"exists\"", "false"));
  CHECK_FALSE(Holds("operator = \"exists\"", "null"));
  CHECK_FALSE(Holds("operator = \"exists\"", ""));
  CHECK(Holds("operator = \"absent\"", ""));
  CHECK(Holds("operator = \"absent\"", "null"));
  CHECK_FALSE(Holds("operator = \"absent\"", "false"));
  CHECK_FALSE(Holds("operator = \"absent\"", "{}"));
}

TEST_CASE("nothing is not enough, unless the policy says so") {
  CHECK_FALSE(Holds(With("not_in", "['x']"), ""));
  CHECK(Holds(With("not_in", "['x']") + "optional = true", ""));
  CHECK(Holds(With("not_in", "['x']") + "optional = true", "null"));
  CHECK_FALSE(Holds(With("not_in", "['x']") + "optional = true", R"("x")"));
  CHECK_FALSE(Holds(With("not_in", "['x']") + "optional = true", "[]"));
  CHECK_FALSE(Make(With("equals", "1")).Check(nullptr, kNow));
}

TEST_CASE("a refusal tells path, operator, value and what was found") {
  CHECK(Told(With("equals", "'x'"), R"("evil\n")") ==
        R"(a equals 'x'; a: is text 'evil\x0a')");
  CHECK(Told(With("at_most", "7.5"), R"("7")") ==
        "a at_most 7.5; a: is text '7'");
  CHECK(Told(With("in", "['x', 1, false]"), "") ==
        "a in ('x', 1, false); a: is not there");
  const std::string huge = "\"" + std::string(5000, 'x') + "\"";
  CHECK(Told(With("equals", "'x'"), huge).size() < 300);
}

TEST_CASE("what is no constraint is refused with its place") {
  CHECK(Problem("path = 'a'\noperator = 'equal'\nvalue = 1")
            .find("c.toml:2:12: 'operator' must be one of") == 0);
  CHECK(Problem("path = 'a'\noperator = 'equal'\nvalue = 1")
            .ends_with("did you mean 'equals'?"));
  CHECK(Problem("path = 'a'\noperator = 'equals'\nvalu = 1")
            .find("unknown key 'valu'; did you mean 'value'?") !=
        std::string::npos);
  CHECK(Problem("path = 'a['\noperator = 'equals'\nvalue = 1")
            .starts_with("c.toml:1:8: "));
  for (const auto* text :
       {"operator = 'equals'\nvalue = 1", "path = 'a'\nvalue = 1",
        "path = 'a'\noperator = 'equals'",
        "path = 'a'\noperator = 'equals'\nvalue = ['x']",
        "path = 'a'\noperator = 'equals'\nvalue = nan",
        "path = 'a'\noperator = 'in'\nvalue = 'x'",
        "path = 'a'\noperator = 'in'\nvalue = []",
        "path = 'a'\noperator = 'in'\nvalue = [[1]]",
        "path = 'a'\noperator = 'glob'\nvalue = ''",
        "path = 'a'\noperator = 'glob'\nvalue = 'a/**'",
        "path = 'a'\noperator = 'glob'\nvalue = 1",
        "path = 'a'\noperator = 'regexp'\nvalue = '['",
        "path = 'a'\noperator = 'at_most'\nvalue = '7'",
        "path = 'a'\noperator = 'at_least'\nvalue = inf",
        "path = 'a'\noperator = 'exists'\nvalue = true",
        "path = 'a'\noperator = 'absent'\noptional = true",
        "path = 'a'\noperator = 'equals'\nvalue = 1\noptional = 'yes'"}) {
    INFO(text);
    CHECK_FALSE(Problem(text).empty());
  }
  for (const auto* age : {"7", "d", "", "0d", "-1d", "1.5d", "1d12h", "7D",
                          "1y", "36501d", "99999999999999999999s"}) {
    INFO(age);
    const std::string problem =
        Problem("path = 'a'\noperator = 'not_older_than'\nvalue = '" +
                std::string(age) + "'");
    CHECK(problem.ends_with("write it as 90s, 30m, 12h, 7d or 2w"));
  }
}
