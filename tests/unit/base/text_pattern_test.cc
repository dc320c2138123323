#include "base/text_pattern.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

// What `text` reads to as the value of a key; the diagnostics in words.
struct Read {
  explicit Read(const std::string& text) {
    const auto table = Toml::Parse("key = " + text, "file", diagnostics);
    TomlReader reader(table.value(), diagnostics, Reason::kPolicyMalformed);
    pattern = TextPattern::Read(reader, "key", diagnostics);
  }

  Diagnostics diagnostics;
  std::optional<TextPattern> pattern;
};

}  // namespace

TEST_CASE("a pattern describes the whole text") {
  CHECK(TextPattern::Exact("a*").Matches("a*"));
  CHECK_FALSE(TextPattern::Exact("a*").Matches("ab"));
  CHECK(TextPattern::Glob("https://*/app").Matches("https://a/b/app"));
  CHECK_FALSE(TextPattern::Glob("https://*/app").Matches("https://a/app/"));
  const auto regexp = TextPattern::Regexp("https://(a|ab)").value();
  CHECK(regexp.Matches("https://a"));
  CHECK(regexp.Matches("https://ab"));
  CHECK_FALSE(regexp.Matches("https://abc"));
  CHECK_FALSE(regexp.Matches("xhttps://a"));
  CHECK_FALSE(regexp.Matches("https://evil/?https://a"));
  CHECK_FALSE(regexp.Matches("https://a\n"));
}

TEST_CASE("an expression that RE2 does not take is refused") {
  for (const auto* text : {"(", "a(?=b)", "\\1"}) {
    INFO(text);
    const auto pattern = TextPattern::Regexp(text);
    REQUIRE_FALSE(pattern);
    CHECK(pattern.error().reason == Reason::kPolicyMalformed);
  }
}

TEST_CASE("an expression takes linear time") {
  const auto regexp = TextPattern::Regexp("(a*)*b").value();
  CHECK_FALSE(regexp.Matches(std::string(100'000, 'a')));
}

TEST_CASE("a policy writes text, glob or regexp") {
  CHECK(Read("\"a*\"").pattern->str() == "'a*'");
  CHECK(Read("{ glob = \"a*\" }").pattern->str() == "glob 'a*'");
  CHECK(Read("{ regexp = \"a.\" }").pattern->str() == "regexp 'a.'");
  for (const auto* text :
       {"1", "[]", "{}", "{ glob = \"a\", regexp = \"a\" }",
        "{ globb = \"a\" }", "{ regexp = \"(\" }", "{ glob = 1 }"}) {
    INFO(text);
    const Read read(text);
    CHECK_FALSE(read.pattern);
    REQUIRE_FALSE(read.diagnostics.empty());
    CHECK(read.diagnostics.front().reason == Reason::kPolicyMalformed);
  }
}
