// Property: constraints are deaf to everything but the value they are about. A
// predicate satisfies a constraint if and only if it still does when it is
// written anew, `equals` and `not_equals` never hold together, what holds
// without `optional` holds with it, and what is refused is told in few
// printable bytes. Input: path, newline, value of TOML, newline, predicate.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/policy/constraint.h"

namespace {

using assay::Constraint;

constexpr assay::Time kNow{std::chrono::seconds(1'780'000'000)};
constexpr std::size_t kMostBytes = 1000;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Quoted(const std::string& text) { return assay::Json(text).Dump(); }

std::optional<Constraint> Read(const std::string& path, const std::string& word,
                               const std::string& value, bool optional) {
  assay::Diagnostics diagnostics;
  const auto table = assay::Toml::Parse(
      "path = " + Quoted(path) + "\noperator = \"" + word +
          "\"\nvalue = " + value + (optional ? "\noptional = true\n" : "\n"),
      "fuzz", diagnostics);
  if (!table) return std::nullopt;
  return Constraint::Read(*table, diagnostics);
}

bool Holds(const Constraint& constraint, const assay::Json& predicate) {
  const auto until = constraint.Check(&predicate, kNow);
  if (until) {
    Require(!*until || **until > kNow);
    return true;
  }
  Require(until.error().reason == assay::Reason::kAttestationConstraint);
  Require(!until.error().detail.empty());
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t first = input.find('\n');
  const std::size_t second =
      first == std::string::npos ? first : input.find('\n', first + 1);
  if (second > kMostBytes) return 0;  // npos is
  const std::string path = input.substr(0, first);
  const std::string value = input.substr(first + 1, second - first - 1);
  const auto predicate = assay::Json::Parse(input.substr(second + 1));
  if (!predicate) return 0;
  const auto again = assay::Json::Parse(predicate->Dump());
  Require(again.has_value());
  for (const auto* word : {"equals", "not_equals", "in", "not_in", "glob",
                           "regexp", "at_least", "at_most", "not_older_than"}) {
    const auto strict = Read(path, word, value, false);
    const auto lenient = Read(path, word, value, true);
    Require(strict.has_value() == lenient.has_value());
    if (!strict) continue;
    const bool holds = Holds(*strict, *predicate);
    Require(holds == Holds(*strict, *again));
    Require(!holds || Holds(*lenient, *predicate));
    Require(!strict->Check(nullptr, kNow).has_value());
  }
  const auto equals = Read(path, "equals", value, false);
  const auto differs = Read(path, "not_equals", value, false);
  if (equals && differs) {
    Require(!Holds(*equals, *predicate) || !Holds(*differs, *predicate));
  }
  return 0;
}
