#include "core/subject/reference.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kHex(64, 'a');

std::string Normal(const std::string& text) {
  const auto name = Reference::Parse(text);
  return name ? name->str() : Describe(name.error().reason).id.data();
}

}  // namespace

TEST_CASE("short names are expanded as docker and containerd do") {
  CHECK(Normal("busybox") == "docker.io/library/busybox:latest");
  CHECK(Normal("team/app:1") == "docker.io/team/app:1");
  CHECK(Normal("localhost/app") == "localhost/app:latest");
  CHECK(Normal("index.docker.io/busybox") ==
        "docker.io/library/busybox:latest");
  CHECK(Normal("registry.example.com:5000/a/b:v1") ==
        "registry.example.com:5000/a/b:v1");
  CHECK(Normal("Registry.Example.com/a") == "registry.example.com/a:latest");
  CHECK(Normal("[::1]:5000/a") == "[::1]:5000/a:latest");
  CHECK(Normal("h.io/a@sha256:" + kHex) == "h.io/a@sha256:" + kHex);
  CHECK(Normal("h.io/a:t@sha256:" + kHex) == "h.io/a:t@sha256:" + kHex);
  CHECK(Normal("h.io/a__b/c-d--e.f:T_1.2-x") == "h.io/a__b/c-d--e.f:T_1.2-x");
}

TEST_CASE("normalisation is stable") {
  for (const char* text : {"busybox", "a.b/c:d", "localhost:1/x"}) {
    const std::string once = Normal(text);
    CHECK(Normal(once) == once);
  }
}

TEST_CASE("what is no reference is refused") {
  for (const std::string& bad :
       std::vector<std::string>{"",
                                "/",
                                "a/",
                                "/a",
                                "a//b",
                                "UPPER",
                                "h.io/UPPER",
                                "a:",
                                "a:-x",
                                "a@",
                                "a@sha256:abc",
                                "a@sha256:" + std::string(64, 'A'),
                                "a b",
                                "a\n",
                                "..",
                                "h.io/../etc",
                                "h.io/a/../b",
                                "h.io/a___b",
                                "h.io/a._b",
                                "h.io/-a",
                                "h.io:port/a",
                                "h..io/a",
                                "-h.io/a",
                                "h.io:/a",
                                "h.io/a:" + std::string(129, 'x'),
                                "http://h.io/a",
                                "h.io/a?x",
                                "h.io/" + std::string(2000, 'a'),
                                std::string("h.io/a\0b", 8)}) {
    INFO(bad);
    const auto name = Reference::Parse(bad);
    REQUIRE_FALSE(name);
    CHECK(name.error().reason == Reason::kReferenceMalformed);
  }
}

TEST_CASE("one repository, other places") {
  const auto name = *Reference::Parse("h.io/a:t");
  CHECK(name.WithTag("x").str() == "h.io/a:x");
  CHECK(name.WithDigest(Digest::Of("")).str() ==
        "h.io/a@" + Digest::Of("").str());
}
