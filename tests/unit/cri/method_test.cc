#include "cri/method.h"

#include "tests/support/catch.h"

using namespace assay::cri;

TEST_CASE("a pull is one by either version's name, with or without slash") {
  for (const std::string version : {"v1", "v1alpha2"}) {
    const std::string service = "runtime." + version + ".ImageService";
    for (const std::string slash : {"/", ""}) {
      const Method method = ReadMethod(slash + service + "/PullImage");
      CHECK(method.kind == MethodKind::kPull);
      CHECK(method.service == service);
    }
  }
}

TEST_CASE("everything else is passed on, known or not") {
  for (const std::string path :
       {"/runtime.v1.ImageService/ListImages",
        "/runtime.v1.RuntimeService/Exec",
        "/runtime.v2.ImageService/PullImages", "/a-b.C_1/D",
        "/grpc.health.v1.Health/Watch", "/x", "/PullImageStatus/Get"}) {
    INFO(path);
    CHECK(ReadMethod(path).kind == MethodKind::kForward);
  }
}

TEST_CASE("what a server might take for a pull is not passed on") {
  const std::string pull = "runtime.v1.ImageService/PullImage";
  for (const std::string& path :
       {"//" + pull, "/" + pull + "/", "/" + pull + "?a", "/" + pull + "#a",
        "/" + pull + "%00", std::string("/runtime.v1.ImageService/Pull%49mage"),
        std::string("/runtime.v1.ImageService//PullImage"),
        std::string("/runtime.v1.ImageService/pullimage"),
        std::string("/runtime.v2.ImageService/PullImage"),
        std::string("/runtime.V1.ImageService/PullImage"),
        std::string("/ImageService/PullImage"), std::string("PullImage"),
        std::string("/PullImage/runtime.v1.ImageService"),
        std::string("/runtime.v1.ImageService/PullImage\0", 35),
        std::string("/runtime.v1.ImageService/PullImage "), std::string("/a:b"),
        std::string("/\xc3\xa4"), std::string()}) {
    INFO(path);
    CHECK(ReadMethod(path).kind == MethodKind::kUnpassable);
  }
}
