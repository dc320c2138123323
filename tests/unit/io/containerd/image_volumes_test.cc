#include "io/containerd/image_volumes.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

const std::string kHex(64, 'a');
const std::string kFolder =
    "/run/containerd/io.containerd.grpc.v1.cri/image-volumes/pod/" + kHex;

ProcessSpec Mounting(const std::string& source, bool read_only = true) {
  ProcessSpec process;
  process.binds = {{"/etc/hosts", "/var/lib/pods/hosts", false},
                   {"/models", source, read_only}};
  return process;
}

TEST_CASE("an image volume is found by where it is mounted from") {
  const std::string inside = GENERATE(as<std::string>{}, "", "/", "/a/b");
  const auto found =
      FindImageVolumes(Mounting(kFolder + inside),
                       {{"/models", "sha256:" + kHex, "a.example/m:1"}});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().destination == "/models");
  CHECK(found->front().snapshot_key == kFolder);
  CHECK(found->front().target.str() == "sha256:" + kHex);
  CHECK(found->front().requested == "a.example/m:1");
}

TEST_CASE("a volume that nobody asked for is judged all the same") {
  const std::string source = GENERATE(
      as<std::string>{}, kFolder,
      "/run/containerd/io.containerd.grpc.v1.cri/./image-volumes/pod/" + kHex,
      "/run/containerd/io.containerd.grpc.v1.cri//image-volumes/pod/" + kHex,
      "/run/containerd/io.containerd.grpc.v1.cri/x/../image-volumes/pod/" +
          kHex);
  const auto found = FindImageVolumes(Mounting(source), {});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().snapshot_key == kFolder);
  CHECK(found->front().requested.empty());
}

TEST_CASE("a folder that looks like an image volume's must be one") {
  const std::string source = GENERATE(
      as<std::string>{}, kFolder + "a", kFolder + "/../x", kFolder + "/..",
      "/s/io.containerd.grpc.v1.cri/image-volumes/",
      "/s/io.containerd.grpc.v1.cri/image-volumes/pod",
      "/s/io.containerd.grpc.v1.cri/image-volumes//" + kHex,
      "/s/io.containerd.grpc.v1.cri/image-volumes/pod/" + kHex.substr(1),
      "s/io.containerd.grpc.v1.cri/image-volumes/pod/" + kHex);
  const auto found = FindImageVolumes(Mounting(source), {});
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == Reason::kSubjectMountMismatch);
}

TEST_CASE("an image volume is never for writing") {
  const auto found = FindImageVolumes(Mounting(kFolder, false), {});
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == Reason::kSubjectMountMismatch);
}

TEST_CASE("a volume on record that is mounted from elsewhere is refused") {
  const auto found = FindImageVolumes(Mounting("/var/lib/models"),
                                      {{"/models", "sha256:" + kHex, ""}});
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == Reason::kSubjectMountMismatch);
}

}  // namespace
}  // namespace assay
