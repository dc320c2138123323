#include "io/containerd/naming.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

const Digest kManifest = Digest::Of("manifest");
const Digest kConfig = Digest::Of("config");
const Digest kIndex = Digest::Of("index");

HeldImage Held(const std::string& name) {
  return {name, {}, kManifest, kConfig, kIndex};
}

std::vector<std::string> Names(const std::string& requested,
                               const std::vector<HeldImage>& held) {
  std::vector<std::string> texts;
  const auto names = NamesOf(requested, held);
  if (!names) return {std::string(Describe(names.error().reason).id)};
  for (const Reference& name : *names) texts.push_back(name.str());
  return texts;
}

using Strings = std::vector<std::string>;

const std::vector<HeldImage> kHeld{Held("a.example/app:1"),
                                   Held("b.example/app:1"),
                                   Held("sha256:" + kConfig.hex())};

TEST_CASE("the requested name alone selects the rule") {
  CHECK(Names("b.example/app:1", kHeld) == Strings{"b.example/app:1"});
}

TEST_CASE("otherwise all names under which the node holds the image") {
  const Strings all{"a.example/app:1", "b.example/app:1"};
  const std::string requested = GENERATE_COPY(
      as<std::string>{}, "", "c.example/app:1", "b.example/app:2", "not a name",
      "sha256:" + kConfig.hex(), "c.example/app@" + kManifest.str(),
      "b.example/app@" + Digest::Of("else").str());
  CHECK(Names(requested, kHeld) == all);
}

TEST_CASE("a digest stands for a tag of the same repository") {
  for (const Digest& digest : {kManifest, kIndex}) {
    const std::string name = "b.example/app@" + digest.str();
    CHECK(Names(name, kHeld) == Strings{name});
  }
}

TEST_CASE("runtimes drop the tag of a name with a digest") {
  const std::string filed = "a.example/app@" + kManifest.str();
  const std::string asked = "a.example/app:1@" + kManifest.str();
  CHECK(Names(asked, {Held(filed)}) == Strings{asked});
}

TEST_CASE("an image that has lost its name has none") {
  const HeldImage dangling = Held("moby-dangling@" + kManifest.str());
  CHECK(Names("", {dangling}) == Strings{"subject-no-name"});
  CHECK(Names(dangling.name, {dangling}) == Strings{"subject-no-name"});
  CHECK(Names("", {dangling, Held("a.example/app:1")}) ==
        Strings{"a.example/app:1"});
}

TEST_CASE("short names are those that runtimes expand") {
  CHECK(Names("busybox", {Held("docker.io/library/busybox:latest")}) ==
        Strings{"docker.io/library/busybox:latest"});
}

TEST_CASE("an image id is no name") {
  CHECK(Names("", {Held("sha256:" + kConfig.hex())}) ==
        Strings{"subject-no-name"});
  CHECK(Names("", {}) == Strings{"subject-no-name"});
}

}  // namespace
}  // namespace assay
