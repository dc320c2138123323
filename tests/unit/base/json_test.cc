#include "base/json.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

Reason WhyNot(std::string_view text) {
  const auto json = Json::Parse(text);
  REQUIRE_FALSE(json);
  return json.error().reason;
}

}  // namespace

TEST_CASE("JSON becomes a tree") {
  const auto json = Json::Parse(
      R"({"a":1,"b":[true,null,"x"],"c":{"d":-5},"e":1.5,"f":99999999999999999999})");
  REQUIRE(json);
  CHECK(*json->FindInt("a") == 1);
  CHECK(json->FindArray("b")->size() == 3);
  CHECK(*json->Find("c")->FindInt("d") == -5);
  CHECK(json->FindInt("e") == nullptr);
  CHECK(json->FindInt("f") == nullptr);
  CHECK(json->FindString("a") == nullptr);
  CHECK(json->Find("nope") == nullptr);
  CHECK(json->Find("b")->Dump() == R"([true,null,"x"])");
}

TEST_CASE("a tree is written as one line that reads back") {
  constexpr std::string_view kText =
      R"({"a":[],"b":{},"c":[1.50,-7,true,null],"d":"\u0001\b\f\n\r\t\"\\/"})";
  const auto json = Json::Parse(kText);
  REQUIRE(json);
  CHECK(json->Dump() == kText);
  std::string every;
  for (int byte = 1; byte < 0x80; ++byte) every += static_cast<char>(byte);
  const auto read = Json::Parse(Json(every).Dump());
  REQUIRE(read);
  CHECK(*read->AsString() == every);
}

TEST_CASE("text that is not UTF-8 is written replaced") {
  CHECK(Json(std::string("a\xff\xed\xa0\x80z")).Dump() ==
        "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
  CHECK(Json(std::string("\xc3\xa4")).Dump() == "\"\xc3\xa4\"");
  CHECK(Json(std::string("\0", 1)).Dump() == R"("\u0000")");
}

TEST_CASE("a character is written the same wherever it stands") {
  for (int code = 0; code < 256; ++code) {
    const std::string one(1, static_cast<char>(code));
    std::string inner = Json(one).Dump();
    inner = inner.substr(1, inner.size() - 2);
    for (std::size_t at = 0; at < 18; ++at) {
      const std::string before(at, 'b');
      const std::string after(17 - at, 'a');
      REQUIRE(Json(before + one + after).Dump() ==
              '"' + before + inner + after + '"');
    }
  }
}

TEST_CASE("a duplicate key at any depth is refused") {
  CHECK(WhyNot(R"({"a":1,"a":2})") == Reason::kJsonDuplicate);
  CHECK(WhyNot(R"({"x":[{"a":1,"\u0061":2}]})") == Reason::kJsonDuplicate);
}

TEST_CASE("depth and size are capped") {
  CHECK(WhyNot(std::string(100'000, '[')) == Reason::kJsonTooDeep);
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += R"({"a":)";
  CHECK(WhyNot(nested) == Reason::kJsonTooDeep);
  const auto big = Json::Parse("[1,2,3]", 3);
  REQUIRE_FALSE(big);
  CHECK(big.error().reason == Reason::kTooLarge);
}

TEST_CASE("what the grammar does not allow is refused") {
  for (const char* bad :
       {"", " ", "{", "{}x", "{} {}", "{'a':1}", "{a:1}", "[1,]", "{\"a\":1,}",
        "01", "+1", "NaN", "\"\\x\"", "\"\xff\"", "\"\xed\xa0\x80\"", "nul",
        "/* c */ {}", "\xef\xbb\xbf"}) {
    INFO(bad);
    CHECK(WhyNot(bad) == Reason::kJsonMalformed);
  }
}

// What stands behind a NUL must not hide from the parser that decides.
TEST_CASE("neither a NUL nor a byte order mark is skipped") {
  for (const std::string_view bad :
       {std::string_view("{}\0", 3), std::string_view("{}\0{}", 5),
        std::string_view("\0{}", 3), std::string_view("[\0]", 3),
        std::string_view("\xef\xbb\xbf{}", 5)}) {
    CHECK(WhyNot(bad) == Reason::kJsonMalformed);
  }
}
