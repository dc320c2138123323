#include "base/yaml.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

std::string AsJson(std::string_view text) {
  const auto json = ParseYaml(text);
  if (!json) return std::string(Describe(json.error().reason).id);
  return json->Dump();
}

Error WhyNot(std::string_view text) {
  const auto json = ParseYaml(text);
  REQUIRE_FALSE(json);
  return json.error();
}

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("YAML becomes the tree that JSON becomes") {
  CHECK(AsJson("a: 1\nb:\n- true\n- ~\n- x\nc: {d: -5, e: [1.5, \"\"]}\n") ==
        R"({"a":1,"b":[true,null,"x"],"c":{"d":-5,"e":[1.5,""]}})");
  CHECK(AsJson(R"({"a":[1,{"b":null}]})") == R"({"a":[1,{"b":null}]})");
  CHECK(AsJson("a: |\n  one\n  two\nb: >-\n  one\n  two\n") ==
        R"({"a":"one\ntwo\n","b":"one two"})");
  CHECK(AsJson("") == "null");
  CHECK(AsJson(std::string_view()) == "null");
  CHECK(AsJson("# nothing\n") == "null");
  CHECK(AsJson("---\n...\n") == "null");
}

TEST_CASE("only plain words are anything but text") {
  CHECK(AsJson("['1', \"true\", 'null', '~', 'yes', \"<<\", '0x10']") ==
        R"(["1","true","null","~","yes","<<","0x10"])");
  CHECK(AsJson("[True, FALSE, Null, 0, -0, -12, 0.50]") ==
        R"([true,false,null,0,0,-12,0.50])");
  CHECK(
      AsJson("[1.2.3, 127.0.0.1:5000, 2001-12-14, -, ., 10Mi, a:b, nul]") ==
      R"(["1.2.3","127.0.0.1:5000","2001-12-14","-",".","10Mi","a:b","nul"])");
  CHECK(AsJson("[99999999999999999999]") == "[99999999999999999999]");
  CHECK(AsJson("- |\n  12\n") == R"(["12\n"])");
}

TEST_CASE("what versions of YAML read differently is refused") {
  for (const char* word :
       {"yes",  "No",   "ON",     "off",   "y",      "N",      "<<", "010",
        "0o17", "0x1F", "0b1",    "1_000", "190:20", "1:30.5", "+1", ".5",
        "1.",   "1e3",  "1.5e+3", "-.inf", ".NaN",   "-0x1"}) {
    INFO(word);
    CHECK(WhyNot(word).reason == Reason::kYamlUnsupported);
    CHECK(WhyNot(std::string(word) + ": 1").reason == Reason::kYamlUnsupported);
  }
}

TEST_CASE("anchors, aliases, tags and directives are refused") {
  for (const char* bad :
       {"&a x", "a: &a\n  b: 1\n", "- &a [1]", "- &a x\n- *a\n", "<<: {a: 1}",
        "!local x", "! x", "!!binary aGk=", "!!set {a}", "!!int x", "!!bool 1",
        "!!map [1]", "!!seq {a: 1}", "!<tag:x,1:y> x", "%YAML 1.1\n--- a\n",
        "%TAG ! tag:x,1:\n--- a\n"}) {
    INFO(bad);
    CHECK(WhyNot(bad).reason == Reason::kYamlUnsupported);
  }
  CHECK(AsJson("!!map {a: !!str 1, b: !!seq [!!int 1, !!null '']}") ==
        R"({"a":"1","b":[1,null]})");
  CHECK(AsJson("[!!bool true, !!float 1.5]") == "[true,1.5]");
}

TEST_CASE("keys are text and there once") {
  for (const char* bad :
       {"1: a", "true: a", "~: a", "[a]: b", "{a: b}: c", "? {a: b}\n: c\n"}) {
    INFO(bad);
    CHECK(WhyNot(bad).reason == Reason::kYamlUnsupported);
  }
  CHECK(AsJson("'1': a\n\"true\": b\n") == R"({"1":"a","true":"b"})");
  for (const char* bad : {"a: 1\na: 2\n", "x: [{a: 1, 'a': 2}]",
                          "\"\\u0061\": 1\na: 1\n", "!!str a: 1\na: 1\n"}) {
    INFO(bad);
    CHECK(WhyNot(bad).reason == Reason::kJsonDuplicate);
  }
}

TEST_CASE("malformed YAML says where") {
  CHECK(WhyNot("a: 1\nb: [1\n").reason == Reason::kYamlMalformed);
  CHECK(WhyNot("a: 1\n  b: 2\n").detail.starts_with("2:4: "));
  CHECK(WhyNot("a: 1\nb: yes\n").detail.starts_with("2:4: "));
  CHECK(WhyNot("a: 1\nb: 2\na: 3\n").detail.starts_with("3:1: "));
  for (const std::string_view bad :
       {std::string_view("a\0b", 3), std::string_view("\xff"),
        std::string_view("\xef\xbb\xbf"
                         "a: 1"),
        std::string_view("a\n\xef\xbb\xbf"
                         "b"),
        std::string_view("\xff\xfe"
                         "a\0",
                         4),
        std::string_view("\xed\xa0\x80"), std::string_view("\"\\ud800\""),
        std::string_view("\x01"), std::string_view("a: b: c"),
        std::string_view("\ta: 1"), std::string_view("'a"),
        std::string_view("- a\nb: c\n")}) {
    INFO(bad);
    CHECK(WhyNot(bad).reason == Reason::kYamlMalformed);
  }
}

TEST_CASE("depth, size and count of YAML are capped") {
  CHECK(WhyNot(std::string(100'000, '[')).reason == Reason::kJsonTooDeep);
  CHECK(WhyNot(Repeat("- ", 100'000)).reason == Reason::kJsonTooDeep);
  CHECK(WhyNot(Repeat("{a: ", 1'000)).reason == Reason::kJsonTooDeep);
  CHECK(WhyNot(Repeat("- a\n", 65'536)).reason == Reason::kTooLarge);
  CHECK(WhyNot(std::string((2U << 20) + 1, ' ')).reason == Reason::kTooLarge);
  const auto big = ParseYaml("[1,2,3]", 3);
  REQUIRE_FALSE(big);
  CHECK(big.error().reason == Reason::kTooLarge);
}

TEST_CASE("one document is one, several are several") {
  CHECK(WhyNot("a: 1\n---\nb: 2\n").reason == Reason::kYamlMalformed);
  CHECK(WhyNot("a: 1\n---\nb: 2\n").detail.starts_with("2:1: "));
  CHECK(WhyNot("a: 1\n---\n").reason == Reason::kYamlMalformed);
  CHECK(WhyNot("---\n---\na: 1\n").reason == Reason::kYamlMalformed);
  const auto two =
      ParseYamlDocuments("---\na: 1\n---\n# none\n---\n- b\n...\n");
  REQUIRE(two);
  REQUIRE(two->size() == 2);
  CHECK((*two)[0].Dump() == R"({"a":1})");
  CHECK((*two)[1].Dump() == R"(["b"])");
  CHECK(ParseYamlDocuments(Repeat("---\n", 64))->empty());
  const auto many = ParseYamlDocuments(Repeat("---\n", 65));
  REQUIRE_FALSE(many);
  CHECK(many.error().reason == Reason::kTooLarge);
  // A bad one spoils them all.
  const auto bad = ParseYamlDocuments("a: 1\n---\nb: *a\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().reason == Reason::kYamlUnsupported);
}
