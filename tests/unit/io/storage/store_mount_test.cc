// The forms of lower folders, as CRI-O and podman were seen to mount them.
#include "io/storage/store_mount.h"

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/unit/io/storage/recorded_store.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string kTop = kTopLayer;
const std::string kBase = kBaseLayer;
const std::string kOwn = kAppLayer;

// How a mount with these lower folders, written for the root "R/", is judged.
std::string Judged(const RecordedStore& store, const std::string& lowers,
                   const std::string& own = kOwn) {
  MountEntry live{"/", "overlay", "overlay", {}};
  const std::string home = store.root() + "/overlay/";
  std::string text = lowers;
  for (std::size_t at = 0; (at = text.find("R/", at)) != std::string::npos;
       at += home.size()) {
    text.replace(at, 2, home);
  }
  live.options = {{"lowerdir", text},
                  {"upperdir", home + own + "/diff"},
                  {"workdir", home + own + "/work"}};
  const Status judged =
      CheckLayersMounted(StoreFiles(store.root()), live, kOwn, {kBase, kTop});
  return judged ? "" : std::string(Describe(judged.error().reason).id);
}

const std::string kTopLink = "l/SNNVVJ74SB43PDXE3LZDEP7SUJ";
const std::string kBaseLink = "l/N4DXRW3C5AUTAWNR5KUXOWPHVZ";

TEST_CASE("all forms of an image's layers in their order are recognised") {
  const RecordedStore store;
  CHECK(Judged(store, "R/" + kTopLink + ":R/" + kBaseLink).empty());
  CHECK(Judged(store, kTopLink + ":" + kBaseLink).empty());
  CHECK(Judged(store, "R/" + kTop + "/diff:R/" + kBase + "/diff").empty());
  CHECK(Judged(store, "R/" + kTopLink + ":R/" + kBase + "/diff").empty());
  const std::string mapped = "R/" + kOwn + "/mapped/";
  CHECK(
      Judged(store, mapped + "0/" + kTopLink + ":" + mapped + "0/" + kBaseLink)
          .empty());
  CHECK(Judged(store, mapped + "0/diff:" + mapped + "1/diff").empty());
}

TEST_CASE("other layers, other orders and other folders are not") {
  const RecordedStore store;
  const std::string mismatch = "subject-mount-mismatch";
  CHECK(Judged(store, "R/" + kBaseLink + ":R/" + kTopLink) == mismatch);
  CHECK(Judged(store, "R/" + kTopLink) == mismatch);
  CHECK(Judged(store, "R/" + kTopLink + ":R/" + kBaseLink + ":R/" +
                          kBaseLink) == mismatch);
  CHECK(Judged(store, "") == mismatch);
  CHECK(Judged(store, "R/" + kBase + "/diff:R/" + kBase + "/diff") == mismatch);
  CHECK(Judged(store, "R/l/UNKNOWN:R/" + kBaseLink) == mismatch);
  CHECK(Judged(store, "R/" + kTopLink + ":R/" + kBaseLink, kTop) == mismatch);
}

TEST_CASE("forms that nobody has recorded cannot be bound") {
  const RecordedStore store;
  const std::string storage = "subject-storage";
  const std::string mapped = "R/" + kOwn + "/mapped/";
  CHECK(Judged(store, "/evil/" + kTopLink + ":R/" + kBaseLink) == storage);
  CHECK(Judged(store, "R/" + kTop + "/merged:R/" + kBaseLink) == storage);
  CHECK(Judged(store, "R/" + kTopLink + "/..:R/" + kBaseLink) == storage);
  CHECK(Judged(store, mapped + "1/diff:" + mapped + "0/diff") == storage);
  CHECK(Judged(store, "R/" + kTop + "/mapped/0/diff:R/" + kBase + "/diff") ==
        storage);
  CHECK(Judged(store, "R/staging/erofs:R/" + kBaseLink) == storage);
  // composefs, of two layers and of one: podman 5.8.
  const std::string composed = "R/" + kOwn + "/composefs-layers/";
  CHECK(Judged(store, composed + "1:" + composed + "2::R/" + kTop +
                          "/diff::R/" + kBase + "/diff") == storage);
  CHECK(Judged(store, composed + "1::R/" + kTop + "/diff") == storage);
  CHECK(Judged(store, "R/" + kTop + "/diff:R/" + kBase + "/diff::R/" + kBase +
                          "/diff") == storage);
  const MountEntry fuse{"/", "fuse.fuse-overlayfs", "fuse", {}};
  const Status judged =
      CheckLayersMounted(StoreFiles(store.root()), fuse, kOwn, {kBase, kTop});
  REQUIRE_FALSE(judged);
  CHECK(judged.error().reason == Reason::kSubjectStorage);
}

TEST_CASE("an image that is mounted by itself has no layer of its own") {
  const RecordedStore store;
  const StoreFiles files(store.root());
  const std::string home = store.root() + "/overlay/";
  MountEntry live{"/", "overlay", "overlay", {}};
  live.options["lowerdir"] = home + kTop + "/diff:" + home + kBase + "/diff";
  CHECK(CheckImageMounted(files, live, {kBase, kTop}));
  CHECK_FALSE(CheckImageMounted(files, live, {kTop, kBase}));
  live.options["lowerdir"] = home + kBase + "/diff:" + home + kBase + "/empty";
  CHECK(CheckImageMounted(files, live, {kBase}));
  CHECK_FALSE(CheckImageMounted(files, live, {kTop}));
  live.options["upperdir"] = home + kOwn + "/diff";
  const Status writable = CheckImageMounted(files, live, {kBase});
  REQUIRE_FALSE(writable);
  CHECK(writable.error().reason == Reason::kSubjectMountMismatch);
}

TEST_CASE("a short link must be known at both of its ends") {
  const RecordedStore store;
  const std::string lowers = "R/" + kTopLink + ":R/" + kBaseLink;
  SECTION("it leads to another layer") {
    const std::string link = store.root() + "/overlay/" + kTopLink;
    std::filesystem::remove(link);
    std::filesystem::create_directory_symlink("../" + kBase + "/diff", link);
  }
  SECTION("the layer knows another") {
    store.Write("overlay/" + kTop + "/link", "ANOTHER");
  }
  SECTION("it leads out of the store") {
    const std::string link = store.root() + "/overlay/" + kTopLink;
    std::filesystem::remove(link);
    std::filesystem::create_directory_symlink("/tmp/" + kTop + "/diff", link);
  }
  CHECK(Judged(store, lowers) == "subject-mount-mismatch");
}

}  // namespace
