#include "io/containerd/layer_dirs.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

SnapshotMount Overlay(std::vector<std::string> options) {
  return {"overlay", "overlay", std::move(options)};
}

Reason WhyNot(const std::string& snapshotter,
              const std::vector<SnapshotMount>& mounts) {
  const auto folders = LayerDirs(snapshotter, mounts);
  REQUIRE_FALSE(folders);
  return folders.error().reason;
}

}  // namespace

TEST_CASE("an overlay's lower folders are the layers, the base last") {
  const auto folders = LayerDirs(
      "overlayfs", {Overlay({"index=off", "workdir=/s/3/work",
                             "upperdir=/s/3/fs", "lowerdir=/s/2/fs:/s/1/fs"})});
  REQUIRE(folders);
  CHECK(*folders == std::vector<std::string>{"/s/1/fs", "/s/2/fs"});
  const auto added = LayerDirs(
      "overlayfs", {Overlay({"lowerdir+=/s/2/fs", "lowerdir+=/s/1/fs"})});
  REQUIRE(added);
  CHECK(*added == *folders);
}

TEST_CASE("a view of one layer is that layer") {
  const auto folders =
      LayerDirs("overlayfs", {{"bind", "/s/1/fs", {"ro", "rbind"}}});
  REQUIRE(folders);
  CHECK(*folders == std::vector<std::string>{"/s/1/fs"});
}

TEST_CASE("what has no folder for each layer is told apart") {
  const SnapshotMount good = Overlay({"lowerdir=/s/1/fs"});
  for (const char* other :
       {"native", "btrfs", "devmapper", "stargz", "erofs"}) {
    CHECK(WhyNot(other, {good}) == Reason::kRootfsUnsupported);
  }
  CHECK(WhyNot("overlayfs", {}) == Reason::kRootfsUnsupported);
  CHECK(WhyNot("overlayfs", {good, good}) == Reason::kRootfsUnsupported);
  CHECK(WhyNot("overlayfs", {{"bind", "/s/1/fs", {"rw", "rbind"}}}) ==
        Reason::kRootfsUnsupported);
  CHECK(WhyNot("overlayfs", {Overlay({"upperdir=/s/1/fs"})}) ==
        Reason::kRootfsUnsupported);
  CHECK(WhyNot("overlayfs", {Overlay({"lowerdir=1/fs:/s/2/fs"})}) ==
        Reason::kRootfsUnsupported);
  CHECK(WhyNot("overlayfs", {Overlay({"lowerdir=/s/1/fs", "userxattr"})}) ==
        Reason::kRootfsUnsupported);
}
