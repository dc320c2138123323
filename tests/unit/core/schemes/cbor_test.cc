#include "core/schemes/notation/cbor.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

Result<Cbor> Read(std::string_view hex) {
  return Cbor::Parse(HexDecode(hex).value());
}

void CheckRefused(std::string_view hex) {
  INFO(hex);
  const auto read = Read(hex);
  REQUIRE_FALSE(read);
  CHECK(read.error().reason == Reason::kCborMalformed);
}

// RFC 8949 appendix A.
TEST_CASE("CBOR is read and written as the same bytes") {
  const auto hex = GENERATE(
      "00", "17", "1818", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000",
      "1b7fffffffffffffff", "20", "3863", "3903e7", "f4", "f5", "f6", "f7",
      "fb3ff199999999999a", "c11a514b67b0", "d74401020304", "40", "4401020304",
      "60", "6449455446", "62c3bc", "80", "83010203", "8301820203820405", "a0",
      "a201020304", "a26161016162820203", "826161a161626163",
      "d28443a10126a040"
      "40");
  const auto read = Read(hex);
  INFO(hex);
  REQUIRE(read);
  CHECK(HexEncode(read->Encode()) == hex);
}

TEST_CASE("what is not strict CBOR is refused") {
  CheckRefused("");
  CheckRefused("1800");                // a head that is not the shortest
  CheckRefused("190017");              // the same in two bytes
  CheckRefused("5800");                // the same of a length
  CheckRefused("1b8000000000000000");  // beyond 64 bits signed
  CheckRefused("18");                  // ends early
  CheckRefused("1c");                  // a reserved length
  CheckRefused("5f4101ff");            // an indefinite string
  CheckRefused("9f01ff");              // an indefinite array
  CheckRefused("bf0102ff");            // an indefinite map
  CheckRefused("ff");                  // a break alone
  CheckRefused("4401");                // a string longer than the rest
  CheckRefused("8301");                // an array longer than the rest
  CheckRefused("9bffffffffffffffff");  // the same, as long as can be said
  CheckRefused("a201020103");          // a label twice
  CheckRefused("a1410102");            // a label of bytes
  CheckRefused("a1f501");              // a label that is true
  CheckRefused("61ff");                // text that is not UTF-8
  CheckRefused("0000");                // bytes follow
  CheckRefused(std::string(16, '8') + "01");  // no array ends
}

TEST_CASE("CBOR is refused when it is nested too deep") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '\x81') + '\x01';
  };
  CHECK(Cbor::Parse(nested(limits::kCborDepth)));
  CHECK_FALSE(Cbor::Parse(nested(limits::kCborDepth + 1)));
  CHECK_FALSE(Cbor::Parse(nested(100'000)));
}

TEST_CASE("members of a CBOR map are found by number and by text") {
  const auto map = Read("a30126616120636f6e65f5");
  REQUIRE(map);
  REQUIRE(map->Find(1));
  CHECK(*map->Find(1)->AsInt() == -7);
  REQUIRE(map->Find("a"));
  CHECK(*map->Find("a")->AsInt() == -1);
  CHECK(map->Find("one")->AsInt() == nullptr);
  CHECK(map->Find(2) == nullptr);
  CHECK(map->Find("1") == nullptr);
}

}  // namespace
}  // namespace assay
