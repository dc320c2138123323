#include "io/kubernetes/cluster_wire.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const ClusterObject kAsked{ClusterKind::kSecret, "prod", "release"};

std::string Object(const std::string& name = "release",
                   const std::string& name_space = "prod") {
  return R"("metadata":{"name":")" + name + R"(","namespace":")" + name_space +
         R"(","resourceVersion":"7"},"data":{"a":"QQ=="})";
}

std::string List(const std::string& items,
                 const std::string& metadata = R"("resourceVersion":"9")") {
  return R"({"kind":"SecretList","apiVersion":"v1","metadata":{)" + metadata +
         R"(},"items":)" + items + "}";
}

std::string Event(const std::string& type, const std::string& members,
                  const std::string& kind = "Secret") {
  return R"({"type":")" + type + R"(","object":{"kind":")" + kind +
         R"(","apiVersion":"v1",)" + members + "}}";
}

// "VERSION OBJECT", "VERSION" where there is none; else the reason's id.
std::string Listed(const std::string& text) {
  const auto listed = ReadObjectList(text, kAsked);
  if (!listed) return std::string(Describe(listed.error().reason).id);
  return listed->version +
         (listed->object ? " " + *listed->object->FindString("kind") : "");
}

std::string Told(const std::string& text) {
  const auto event = ReadObjectEvent(text, kAsked);
  if (!event) return std::string(Describe(event.error().reason).id);
  constexpr std::array<std::string_view, 5> kKinds = {"", "expired", "bookmark",
                                                      "changed", "deleted"};
  return std::string(kKinds.at(static_cast<std::size_t>(event->kind))) +
         event->version + (event->object ? " object" : "");
}

constexpr const char* kProtocol = "kubernetes-protocol";

}  // namespace

TEST_CASE("a list has the object that was asked for, or none") {
  CHECK(Listed(List("[{" + Object() + "}]")) == "9 Secret");
  CHECK(Listed(List("[]")) == "9");
  CHECK(Listed(List("null")) == "9");
  CHECK(Listed(List("[]", R"("resourceVersion":"9","continue":"")")) == "9");
  const auto listed = ReadObjectList(List("[{" + Object() + "}]"), kAsked);
  CHECK(*listed->object->FindString("apiVersion") == "v1");
}

TEST_CASE("a list of anything else is refused") {
  const std::string one = "{" + Object() + "}";
  for (const std::string& bad :
       {List("[{" + Object("other") + "}]"),
        List("[{" + Object("release", "other") + "}]"),
        List("[{\"data\":{}}]"),
        List("[7]"),
        List("{}"),
        List("7"),
        List("[" + one + "," + one + "]"),
        List("[" + one + "]", R"("resourceVersion":"9","continue":"x")"),
        List("[]", R"("resourceVersion":"")"),
        List("[]", R"("a":"b")"),
        List("[]", R"("resourceVersion":9)"),
        List("[]", R"("resourceVersion":"1&watch=false")"),
        List("[]", "\"resourceVersion\":\"" + std::string(129, '1') + "\""),
        List("[{\"kind\":\"Pod\"," + Object() + "}]"),
        List("[{\"apiVersion\":\"v2\"," + Object() + "}]"),
        std::string(R"({"kind":"PodList","apiVersion":"v1"})"),
        std::string(R"({"kind":"Secret","apiVersion":"v1",)") + Object() + "}",
        std::string("{}"),
        std::string("[]"),
        std::string(""),
        std::string("<html>"),
        List("[]") + "x",
        std::string(R"({"kind":"SecretList","kind":"SecretList"})")}) {
    INFO(bad);
    CHECK(Listed(bad) == kProtocol);
  }
}

TEST_CASE("a watch tells of the object that was asked for") {
  CHECK(Told(Event("ADDED", Object())) == "changed7 object");
  CHECK(Told(Event("MODIFIED", Object())) == "changed7 object");
  CHECK(Told(Event("DELETED", Object())) == "deleted7");
  CHECK(Told(Event("BOOKMARK", R"("metadata":{"resourceVersion":"12"})")) ==
        "bookmark12");
  CHECK(Told(Event("ERROR", R"("code":410)", "Status")) == "expired");
  CHECK(Told(Event("ERROR", R"("code":500,"message":"m")", "Status")) ==
        "kubernetes-unreachable");
}

TEST_CASE("a watch that tells of anything else is refused") {
  for (const std::string& bad :
       {Event("MODIFIED", Object("other")),
        Event("MODIFIED", Object("release", "other")),
        Event("DELETED", Object("other")), Event("MODIFIED", Object(), "Pod"),
        Event("BOOKMARK", R"("metadata":{})"),
        Event("BOOKMARK", R"("metadata":{"resourceVersion":"1"})", "Pod"),
        Event("MODIFIED", R"("metadata":{"name":"release"})"),
        Event("modified", Object()), Event("", Object()),
        std::string(R"({"type":"ADDED"})"), std::string(R"({"object":{}})"),
        std::string("{}"), std::string(""), std::string("\x16\x03")}) {
    INFO(bad);
    CHECK(Told(bad) == kProtocol);
  }
}

// A Role that names its objects lets nobody list all of them.
TEST_CASE("one object is asked for by name") {
  CHECK(
      ListPath(kAsked) ==
      "/api/v1/namespaces/prod/secrets?fieldSelector=metadata.name%3Drelease");
  CHECK(WatchPath({ClusterKind::kConfigMap, "a", "b"}, "7", 300) ==
        "/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Db"
        "&watch=true&allowWatchBookmarks=true&resourceVersion=7"
        "&timeoutSeconds=300");
}
