#include "core/policy/predicate_path.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

// Each value it leads to, as "WHERE=VALUE"; an error as its detail.
std::string Walk(std::string_view path, std::string_view json) {
  const auto parsed = PredicatePath::Parse(path);
  if (!parsed) return "no path: " + parsed.error().detail;
  const auto root = Json::Parse(json);
  REQUIRE(root);
  std::string text;
  const Status visited =
      parsed->Visit(&*root, [&](const Json* value, const std::string& where) {
        if (!text.empty()) text += ' ';
        text += where + "=" + (value == nullptr ? "nothing" : value->Dump());
        return Ok();
      });
  if (visited) return text;
  CHECK(visited.error().reason == Reason::kAttestationConstraint);
  return visited.error().detail;
}

}  // namespace

TEST_CASE("a path leads to members, elements and all elements") {
  constexpr const char* kJson =
      R"({"a":{"b.c":1,"@x":2},"list":[{"s":"p"},{"s":"q"},{}],"none":[]})";
  CHECK(Walk(R"(a."b.c")", kJson) == "a.b.c=1");
  CHECK(Walk("a.@x", kJson) == "a.@x=2");
  CHECK(Walk("list[1].s", kJson) == R"(list[1].s="q")");
  CHECK(Walk("list[*].s", kJson) ==
        R"(list[0].s="p" list[1].s="q" list[2].s=nothing)");
  CHECK(Walk("list[3].s", kJson) == "list[3]=nothing");
  CHECK(Walk("none[*].s", kJson) == "none[*]=nothing");
  CHECK(Walk("b.c.d", kJson) == "b=nothing");
  CHECK(Walk("[*]", "[1,null]") == "[0]=1 [1]=nothing");
}

TEST_CASE("a value on the way must be what the path says") {
  CHECK(Walk("a.b", R"({"a":"text"})") == "a is no object");
  CHECK(Walk("a[*]", R"({"a":{}})") == "a is no array");
  CHECK(Walk("a[0]", R"({"a":1})") == "a is no array");
  CHECK(Walk("a(json)", R"({"a":1})") == "a is no text");
  CHECK(Walk("a", "[]") == "the predicate is no object");
}

TEST_CASE("a text is read as JSON only where the path says so") {
  CHECK(Walk("Data(json).ok", R"({"Data":"{\"ok\":true}"})") ==
        "Data(json).ok=true");
  CHECK(Walk("(json)[*]", R"("[1]")") == "(json)[0]=1");
  CHECK(Walk("Data.ok", R"({"Data":"{\"ok\":true}"})") == "Data is no object");
  CHECK(Walk("Data(json).a", R"({"Data":"{\"a\":1,\"a\":2}"})") ==
        "Data holds no JSON: json-duplicate a");
  CHECK(Walk("Data(json)", R"({"Data":"plain"})")
            .starts_with("Data holds no JSON: json-malformed"));
}

TEST_CASE("what is no path is refused") {
  for (const auto* text :
       {"", ".", "a.", ".a", "a..b", "a b", "a[", "a[]", "a[-1]", "a[1", "a[x]",
        "a[*", "a(yaml)", "a\"b\"", "\"a", "a]", "a[99999999999999999999]",
        "a[*]b", "a'b'"}) {
    INFO(text);
    const auto path = PredicatePath::Parse(text);
    REQUIRE_FALSE(path);
    CHECK(path.error().reason == Reason::kPolicyMalformed);
    CHECK_FALSE(path.error().detail.empty());
  }
  std::string deep = "a";
  for (int i = 0; i < 31; ++i) deep += ".a";
  CHECK(PredicatePath::Parse(deep));
  CHECK_FALSE(PredicatePath::Parse(deep + ".a"));
}
