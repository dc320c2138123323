#include "base/toml.h"

#include "base/limits.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

Toml Good(std::string_view text) {
  Diagnostics problems;
  auto parsed = Toml::Parse(text, "f.toml", problems);
  if (!problems.empty()) FAIL(problems[0].str());
  return *std::move(parsed);
}

// The one Diagnostic of a text that must be refused.
Diagnostic Bad(std::string_view text) {
  Diagnostics problems;
  INFO(text.substr(0, 200));
  REQUIRE_FALSE(Toml::Parse(text, "f.toml", problems));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].reason == Reason::kConfigurationMalformed);
  CHECK_FALSE(problems[0].message.empty());
  return problems[0];
}

std::string Where(std::string_view text) { return Bad(text).position.str(); }

std::string Nested(std::size_t depth, std::string_view open,
                   std::string_view close) {
  std::string text = "a = ";
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("every value knows its kind and its place") {
  const Toml root = Good(
      "s = \"text\"\n"
      "  n = -12\n"
      "b = true\n"
      "f = 1.5\n"
      "d = 2026-01-31\n"
      "t = 2026-01-31T12:00:00+02:00\n"
      "l = 12:00:00\n"
      "a = [1,\n  \"x\"]\n"
      "i = { k.m = 1 }\n"
      "[x.y]\nz = 1\n"
      "[[r]]\nq = 1\n [[r]]\nq = 2\n");
  CHECK(*root.Find("s")->AsString() == "text");
  CHECK(*root.Find("n")->AsInt() == -12);
  CHECK(root.Find("n")->position().str() == "f.toml:2:7");
  CHECK(root.Find("n")->key_position().str() == "f.toml:2:3");
  CHECK(*root.Find("b")->AsBool());
  CHECK(root.Find("f")->KindName() == "float");
  CHECK(root.Find("d")->AsTime()->time_since_epoch().count() == 1769817600);
  CHECK(root.Find("t")->AsTime()->time_since_epoch().count() ==
        1769817600 + 10 * 3600);
  CHECK(root.Find("l")->KindName() == "local time");
  const Toml::Array& array = *root.Find("a")->AsArray();
  CHECK(array.at(1).position().str() == "f.toml:9:3");
  const Toml* dotted = root.Find("i")->Find("k")->Find("m");
  CHECK(dotted->position().str() == "f.toml:10:13");
  CHECK(dotted->key_position().str() == "f.toml:10:9");
  CHECK(root.Find("x")->Find("y")->position().line == 11);
  const Toml::Array& rules = *root.Find("r")->AsArray();
  REQUIRE(rules.size() == 2);
  CHECK(rules.at(0).position().line == 13);
  CHECK(rules.at(1).position().line == 15);
  CHECK(rules.at(1).Find("q")->key_position().str() == "f.toml:16:1");
}

TEST_CASE("a quoted key is found before its value") {
  const Toml root = Good("  \"a = b\" = 1\n'c.d'=2\n");
  CHECK(root.Find("a = b")->key_position().str() == "f.toml:1:3");
  CHECK(root.Find("c.d")->key_position().str() == "f.toml:2:1");
}

TEST_CASE("a parse error names the place that is wrong") {
  CHECK(Where("a = ") == "f.toml:1:5");
  // The column of these is the key's or the value's, by the library's version.
  CHECK(Bad("a = 1\na = 2\n").position.line == 2);
  CHECK(Bad("a = { b = 1, b = 2 }").position.column > 12);
  CHECK(Bad("b = 1\na = \"x\n").position.line == 2);
  CHECK(Where("[a]\nb = 1\n[a]\n") == "f.toml:3:1");
  CHECK(Where("a = 1 b = 2") == "f.toml:1:7");
  CHECK(Where("a = [1,\n2,\nx]\n") == "f.toml:3:1");
  CHECK(Bad("a = 1\na = 2\n").message.find("line 1") != std::string::npos);
}

TEST_CASE("what TOML forbids is refused") {
  for (const char* text :
       {"a = {b=1}\na.c = 2", "a.b = 1\n[a]\nc = 1", "r = [1]\n[[r]]\na = 1",
        "[[r]]\na = 1\n[r]\nb = 1", "= 1", "a b = 1", "a = 01", "a = 1.2.3",
        "a = tru", "a = 2026-02-30", "a = 2026-13-01", "a = 'x", "[a", "[[a]",
        "a", "a = [1 2]", "a = \"\\q\"", "a = \"\\ud800\"", "a = 1__0"}) {
    Bad(text);
  }
}

TEST_CASE("what TOML allows and we do not") {
  CHECK(Bad("a = \"\\u0000\"").message == "NUL in a string");
  CHECK(Bad("b = 1\na = 9223372036854775808").position.line == 2);
  Bad("a = -9223372036854775809");
  Bad("a = 0xFFFFFFFFFFFFFFFFF");
  CHECK(*Good("a = 9223372036854775807").Find("a")->AsInt() == INT64_MAX);
  CHECK(*Good("a = -9223372036854775808").Find("a")->AsInt() == INT64_MIN);
}

TEST_CASE("bytes that are no text are refused") {
  CHECK(Bad("a = \"\xFF\"").message == "not UTF-8");
  CHECK(Bad("# \xC0\xAF").message == "not UTF-8");
  const Diagnostic control = Bad(std::string_view("a = 1\n# \0", 9));
  CHECK(control.message == "control character");
  CHECK(control.position.str() == "f.toml:2:3");
  Bad("a = \"\x1B[31m\"");
}

TEST_CASE("a byte order mark and foreign line ends are read") {
  CHECK(*Good("\xEF\xBB\xBF"
              "a = 1\r\nb = 2\r\n")
             .Find("b")
             ->AsInt() == 2);
  CHECK(Good("").AsTable()->empty());
  CHECK(Good("# only this").AsTable()->empty());
}

TEST_CASE("depth is capped before anything recurses") {
  CHECK(Bad(Nested(200'000, "[", "]")).message == "nested too deep");
  CHECK(Bad(Nested(100'000, "{a=", "}")).message == "nested too deep");
  CHECK(Bad(Nested(limits::kJsonDepth + 1, "[", "]")).message ==
        "nested too deep");
  Good(Nested(limits::kJsonDepth, "[", "]"));
  std::string dotted = "a";
  for (int i = 0; i < 100'000; ++i) dotted += ".a";
  CHECK(Bad(dotted + " = 1").message == "nested too deep");
  CHECK(Bad("[" + dotted + "]").message == "nested too deep");
}

TEST_CASE("brackets in strings and comments are no depth") {
  const std::string many(200, '[');
  Good("a = \"" + many + "\" # " + many + "\nb = '" + many + "'\n");
  Good("a = \"\"\"\n" + many + "\n" + many + "\"\"\"\n# " + many);
  Good("a = '''" + many + "'''\n");
  Good("\"" + many + "\" = \"\\\"" + many + "\"\n");
}

TEST_CASE("no string hides depth from the check") {
  const std::string deep = Nested(5000, "[", "]").substr(4);
  for (const std::string& lead :
       {std::string(R"(a = ["""x"""", )"), std::string(R"(a = ["""x""""", )"),
        std::string(R"(a = ["\\", )"), std::string("a = ['\\', "),
        std::string("a = ['''x'''', "), std::string(R"(a = ["", '', )"),
        std::string("\"'\" = [")}) {
    CHECK(Bad(lead + deep + "]").message == "nested too deep");
  }
}

TEST_CASE("a file over the cap is refused") {
  const std::string text(limits::kPolicyFileBytes + 1, '\n');
  CHECK(Bad(text).message.find("over") == 0);
}

TEST_CASE("a hostile name or message stays on one line") {
  const Diagnostic problem =
      Bad("\"\\n\\u001b[31m\" = 1\n\"\\n\\u001b[31m\" = 2");
  CHECK(problem.str().find('\n') == std::string::npos);
  CHECK(problem.str().find('\x1B') == std::string::npos);
}

TEST_CASE("the reader asks for each key by name and type") {
  const Toml root = Good(
      "s = 1\nn = \"x\"\nb = 1\nd = \"2026\"\nl = [\"a\", 1]\nt = 1\n"
      "r = 1\nreqire = 1\nzzz = 1\n");
  Diagnostics problems;
  TomlReader reader(root, problems, Reason::kPolicyMalformed);
  CHECK_FALSE(reader.String("s"));
  CHECK_FALSE(reader.Int("n"));
  CHECK_FALSE(reader.Bool("b"));
  CHECK_FALSE(reader.When("d"));
  CHECK_FALSE(reader.Strings("l"));
  CHECK(reader.TableValue("t") == nullptr);
  CHECK(reader.Tables("r").empty());
  CHECK(reader.Value("require") == nullptr);
  CHECK(problems.size() == 7);
  CHECK(problems[4].position.str() == "f.toml:5:11");
  reader.Missing("version");
  CHECK(problems.back().message == "'version' is missing");
  reader.Finish();
  REQUIRE(problems.size() == 10);
  for (const Diagnostic& problem : problems) {
    CHECK(problem.reason == Reason::kPolicyMalformed);
  }
  CHECK(problems[8].str() ==
        "f.toml:8:1: unknown key 'reqire'; did you mean 'require'?");
  CHECK(problems[9].str() == "f.toml:9:1: unknown key 'zzz'");
}

TEST_CASE("the reader yields what is there") {
  const Toml root = Good(
      "s = \"x\"\nn = 3\nb = false\nd = 2026-01-31\nl = [\"a\", \"b\"]\n"
      "one = \"c\"\nt = {}\n[[r]]\n[[r]]\n");
  Diagnostics problems;
  TomlReader reader(root, problems);
  CHECK(reader.String("s") == "x");
  CHECK(reader.Int("n") == 3);
  CHECK(reader.Bool("b") == false);
  CHECK(reader.When("d"));
  CHECK(reader.Strings("l") == std::vector<std::string>{"a", "b"});
  CHECK(reader.Strings("one") == std::vector<std::string>{"c"});
  CHECK(reader.TableValue("t") != nullptr);
  CHECK(reader.Tables("r").size() == 2);
  CHECK_FALSE(reader.String("absent"));
  reader.Finish();
  CHECK(problems.empty());
}

TEST_CASE("a value that is no table is said once") {
  const Toml root = Good("a = [1]");
  Diagnostics problems;
  TomlReader reader(*root.Find("a"), problems);
  CHECK_FALSE(reader.String("x"));
  reader.Missing("x");
  reader.Finish();
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message == "must be a table, not an array");
}
