#include "io/containerd/cri_record.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

const std::string kId =
    "sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0";

std::string Record(const std::string& image, const std::string& ref = kId) {
  return R"({"Version":"v1","Metadata":{"ID":"c1","Name":"app_pod_shop_u_0",)"
         R"("SandboxID":"s1","Config":{"metadata":{"name":"app"},"image":)" +
         image + R"(,"labels":{"a":"b"}},"ImageRef":")" + ref + R"("}})";
}

TEST_CASE("a container's record is read") {
  const auto record = CriContainer::Parse(
      Record(R"({"image":")" + kId +
             R"(","user_specified_image":"registry.example.com/app:1"})"));
  REQUIRE(record);
  CHECK(record->id == "c1");
  CHECK(record->sandbox_id == "s1");
  CHECK(record->name == "app");
  CHECK(record->image_ref.str() == kId);
  CHECK(record->requested == "registry.example.com/app:1");
}

TEST_CASE("the image that was given counts as requested unless it is an id") {
  const auto named =
      CriContainer::Parse(Record(R"({"image":"a.example/b:1"})"));
  REQUIRE(named);
  CHECK(named->requested == "a.example/b:1");
  const std::string id = GENERATE(as<std::string>{}, kId, kId.substr(7), "");
  const auto plain =
      CriContainer::Parse(Record(R"({"image":")" + id + R"("})"));
  REQUIRE(plain);
  CHECK(plain->requested.empty());
}

TEST_CASE("volumes that are images are told from others") {
  const auto record = CriContainer::Parse(
      Record(R"({},"mounts":[{"container_path":"/a","host_path":"/b"},)"
             R"({"container_path":"/m","image":{"image":")" +
             kId + R"(","user_specified_image":"a.example/m:1"}},)" +
             R"({"container_path":"/n","image":{"image":"a.example/n:1"}}])"));
  REQUIRE(record);
  REQUIRE(record->image_volumes.size() == 2);
  CHECK(record->image_volumes[0].container_path == "/m");
  CHECK(record->image_volumes[0].image == kId);
  CHECK(record->image_volumes[0].requested == "a.example/m:1");
  CHECK(record->image_volumes[1].requested == "a.example/n:1");
  const auto odd = CriContainer::Parse(Record(R"({},"mounts":{})"));
  REQUIRE_FALSE(odd);
  CHECK(odd.error().reason == Reason::kSubjectConfigUnproven);
}

TEST_CASE("a record that does not tell the configuration proves nothing") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "{", "[]", "null", R"({"Metadata":{}})",
      R"({"Metadata":null})", Record("null", ""), Record("null", "app:1"),
      Record("null", kId.substr(7)), Record("null") + "x");
  const auto record = CriContainer::Parse(text);
  REQUIRE_FALSE(record);
  CHECK(record.error().reason == Reason::kSubjectConfigUnproven);
}

TEST_CASE("a sandbox's record names its pod") {
  const auto record = CriSandbox::Parse(
      R"({"Version":"v1","Metadata":{"ID":"s1","Config":{"metadata":)"
      R"({"name":"web","uid":"u","namespace":"shop"}}}})");
  REQUIRE(record);
  CHECK(record->id == "s1");
  CHECK(record->pod == "web");
  CHECK(record->pod_namespace == "shop");
}

TEST_CASE("a sandbox's record that names no pod is in no namespace by chance") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "{}", R"({"Metadata":{"ID":"s1"}})",
               R"({"Metadata":{"ID":"s1","Config":{}}})",
               R"({"Metadata":{"ID":"s1","Config":{"metadata":null}}})",
               R"({"Metadata":{"ID":"s1","Config":{"metadata":"shop"}}})");
  const auto record = CriSandbox::Parse(text);
  REQUIRE_FALSE(record);
  CHECK(record.error().reason == Reason::kSubjectConfigUnproven);
}

}  // namespace
}  // namespace assay
