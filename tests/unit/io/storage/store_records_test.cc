#include "io/storage/store_records.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kId(64, 'b');

TEST_CASE("big data is kept under the key or its base64") {
  CHECK(BigDataFile("manifest") == "manifest");
  CHECK(BigDataFile("signatures.1") == "signatures.1");
  CHECK(BigDataFile("sha256:0") == "=c2hhMjU2OjA=");
  CHECK(BigDataFile("../x") == "=Li4veA==");
}

TEST_CASE("only whole digests are ids") {
  CHECK(IsStorageId(kId));
  CHECK_FALSE(IsStorageId(""));
  CHECK_FALSE(IsStorageId(std::string(63, 'b')));
  CHECK_FALSE(IsStorageId(std::string(64, 'B')));
  CHECK_FALSE(IsStorageId("../" + std::string(61, 'b')));
}

TEST_CASE("absent members are empty, wrong ones are refused") {
  const std::string id = R"("id":")" + kId + R"(")";
  const auto layers = ReadStorageLayers("[{" + id + "}]");
  REQUIRE(layers);
  CHECK(layers->at(kId).parent.empty());
  CHECK_FALSE(layers->at(kId).diff_digest);
  for (const std::string wrong :
       {"{", "{}", "7", R"([{"id":7}])", "[{}]", "[7]"}) {
    INFO(wrong);
    CHECK_FALSE(ReadStorageLayers(wrong));
  }
  for (const std::string member :
       {R"("parent":7)", R"("parent":"../x")", R"("diff-digest":"md5:0")"}) {
    INFO(member);
    CHECK_FALSE(ReadStorageLayers("[{" + id + "," + member + "}]"));
  }
  for (const std::string member :
       {R"("names":7)", R"("names":[7])", R"("big-data-names":{})",
        R"("layer":"x")"}) {
    INFO(member);
    CHECK_FALSE(ReadStorageImages("[{" + id + "," + member + "}]"));
  }
  for (const std::string member :
       {R"("image":"x")", R"("layer":7)", R"("metadata":"{")",
        R"("metadata":"{\"pod-id\":7}")"}) {
    INFO(member);
    CHECK_FALSE(ReadStorageContainers("[{" + id + "," + member + "}]"));
  }
  CHECK(ReadStorageContainers("null")->empty());
}

}  // namespace
