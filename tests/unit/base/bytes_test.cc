#include "base/bytes.h"

#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("base64 has exactly one text for given bytes") {
  CHECK(Base64Encode("") == "");
  CHECK(Base64Encode("f") == "Zg==");
  CHECK(Base64Encode("foobar") == "Zm9vYmFy");
  CHECK(Base64Decode("Zm9vYg==") == "foob");
  CHECK(Base64Decode("") == "");
  for (const char* bad : {"Zg=", "Zg", "Zh==", "Z===", "Zg==\n",
                          "Zm9v Yg==", "_-==", "====", "Zg==Zg==", "Zg=a"}) {
    INFO(bad);
    CHECK_FALSE(Base64Decode(bad));
  }
}

TEST_CASE("base64 round-trips every length") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(Base64Decode(Base64Encode(bytes)) == bytes);
    CHECK(HexDecode(HexEncode(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST_CASE("hex is lower case and even") {
  CHECK(HexDecode("00ff") == std::string("\0\xff", 2));
  CHECK_FALSE(HexDecode("0"));
  CHECK_FALSE(HexDecode("FF"));
  CHECK_FALSE(HexDecode("0g"));
}

TEST_CASE("printable text shows hostile bytes and stays on one line") {
  CHECK(Printable("a\nb\x1b[0m") == "a\\x0ab\\x1b[0m");
  CHECK(Printable("\xc3\xa4\xff") == "\xc3\xa4\\xff");
  CHECK(Printable(std::string(500, 'x'), 10) == "xxxxxxxxxx...");
  CHECK(Printable("xxxxxxxxxx", 10) == "xxxxxxxxxx");
  CHECK(Printable("xxxxxxxxx\nx", 10) == "xxxxxxxxx\\x0a...");
  CHECK(Printable("\n").size() == 4);
  // Controls of one more byte, ends of lines, and what turns directions.
  CHECK(Printable("\xc2\x80\xc2\x9b\xc2\x9f") ==
        "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f");
  CHECK(Printable("\xe2\x80\xa8\xe2\x80\xae") ==
        "\\xe2\\x80\\xa8\\xe2\\x80\\xae");
  CHECK(Printable("\xe2\x81\xa6\xe2\x81\xa9") ==
        "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
  const std::string seen =
      "\xc2\xa0\xc3\x9b\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa";
  CHECK(Printable(seen) == seen);
}

TEST_CASE("UTF-8 refuses surrogates, overlong forms and NUL") {
  CHECK(IsUtf8("\xe2\x82\xac"));
  CHECK_FALSE(IsUtf8("\xed\xa0\x80"));
  CHECK_FALSE(IsUtf8("\xc0\x80"));
  CHECK_FALSE(IsUtf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(IsUtf8(std::string_view("a\0b", 3)));
}
