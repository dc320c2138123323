#include "core/trust/pem.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

constexpr const char* kOne =
    "# a comment\n\n-----BEGIN X-----\nYWJj\nZGVm\n-----END X-----\n";

TEST_CASE("PEM blocks are read in the order of the file") {
  const auto blocks = ReadPem(std::string(kOne) +
                              "-----BEGIN Y Z-----\r\nAA==\r\n"
                              "-----END Y Z-----");
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 2);
  CHECK(blocks->at(0).label == "X");
  CHECK(blocks->at(0).bytes == "abcdef");
  CHECK(blocks->at(1).label == "Y Z");
  CHECK(blocks->at(1).bytes == std::string(1, '\0'));
}

TEST_CASE("what is not exactly PEM blocks is refused with its line") {
  const auto text = GENERATE(
      "", "\n\n# nothing\n", "text", "-----BEGIN X-----\nYWJj\n",
      "-----BEGIN X-----\n-----END X-----\n",
      "-----BEGIN X-----\nYWJj\n-----END Y-----\n",
      "-----BEGIN X-----\nYWJ\n-----END X-----\n",
      "-----BEGIN X-----\nYW-_\n-----END X-----\n",
      "-----BEGIN X-----\nYWJj\n\nYWJj\n-----END X-----\n",
      "-----BEGIN X-----\nrole: root\n\nYWJj\n-----END X-----\n",
      "-----BEGIN X-----\nYWJj\n-----BEGIN X-----\nYWJj\n-----END X-----\n",
      "-----BEGIN -----\nYWJj\n-----END -----\n",
      "-----BEGIN X-----\nYWJj\n-----END X----- trailing\n",
      "-----BEGIN X-----\nYWJj\n-----END X-----\ntrailing\n");
  CAPTURE(text);
  const auto blocks = ReadPem(text);
  REQUIRE_FALSE(blocks);
  CHECK(blocks.error().reason == Reason::kKeyMalformed);
  CHECK(blocks.error().detail.starts_with("line "));
}

TEST_CASE("headers are passed over for those who let them be") {
  const auto read = [](const std::string& inside) {
    return ReadPem("-----BEGIN X-----\n" + inside + "-----END X-----\n",
                   PemHeaders::kPassedOver);
  };
  CHECK(read("role: root\n\nYWJj\n")->front().bytes == "abc");
  CHECK(read("a: b\nc: d\n\nYWJj\n")->front().bytes == "abc");
  CHECK(read("YWJj\n")->front().bytes == "abc");
  for (const auto* bad :
       {"role: root\nYWJj\n", "\nYWJj\n", "YWJj\nrole: root\n\n",
        "role: root\n\n", "role: root\n\n\nYWJj\n"}) {
    CAPTURE(bad);
    const auto blocks = read(bad);
    REQUIRE_FALSE(blocks);
    CHECK(blocks.error().reason == Reason::kKeyMalformed);
  }
}

}  // namespace
}  // namespace assay
