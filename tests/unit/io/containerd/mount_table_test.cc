#include "io/containerd/mount_table.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

constexpr const char* kTable =
    "7 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
    "70 7 0:48 / /run/b/rootfs rw,relatime shared:26 - overlay overlay "
    "rw,lowerdir=/s/19/fs:/s/18/fs,upperdir=/s/20/fs,workdir=/s/20/work\n"
    "71 7 0:49 /a\\040b /run/c/rootfs rw - overlay ov\\134erlay "
    "rw,lowerdir+=/s/1,lowerdir+=/s\\0541,upperdir=/u,workdir=/w\n";

SnapshotMount Wanted() {
  return {"overlay",
          "overlay",
          {"index=off", "workdir=/s/20/work", "upperdir=/s/20/fs",
           "lowerdir=/s/19/fs:/s/18/fs"}};
}

Reason ReasonOf(const Status& status) {
  return status ? Reason::kUnspecified : status.error().reason;
}

TEST_CASE("the entry of a mount id is found") {
  const auto entry = FindMount(kTable, 70);
  REQUIRE(entry);
  CHECK(entry->type == "overlay");
  CHECK(entry->root == "/");
  CHECK(entry->options.at("upperdir") == "/s/20/fs");
  const auto escaped = FindMount(kTable, 71);
  REQUIRE(escaped);
  CHECK(escaped->root == "/a b");
  CHECK(escaped->source == "ov\\erlay");
  CHECK(escaped->options.at("lowerdir") == "/s/1:/s,1");
}

TEST_CASE("an id that is not there is a mismatch") {
  const std::string table = GENERATE(
      as<std::string>{}, kTable, "", "700 7 0:1 / / rw - a b c\n", "72",
      "72 x\n", "72 7 0:1 / /x rw shared:1 overlay overlay rw,lowerdir=/x\n");
  const auto entry = FindMount(table, 72);
  REQUIRE_FALSE(entry);
  CHECK(entry.error().reason == Reason::kSubjectMountMismatch);
}

TEST_CASE("the snapshot's own overlay is recognised") {
  const auto live = FindMount(kTable, 70);
  REQUIRE(live);
  CHECK(CompareOverlay(*live, Wanted()));
}

TEST_CASE("any other overlay is a mismatch") {
  auto live = FindMount(kTable, 70);
  REQUIRE(live);
  SnapshotMount wanted = Wanted();
  SECTION("another upper folder") { wanted.options[2] = "upperdir=/s/21/fs"; }
  SECTION("no upper folder") {
    wanted.options.erase(wanted.options.begin() + 2);
  }
  SECTION("another work folder") { wanted.options[1] = "workdir=/s/2/work"; }
  SECTION("another order") { wanted.options[3] = "lowerdir=/s/18/fs:/s/19/fs"; }
  SECTION("one lower folder more") {
    live->options["lowerdir"] = "/evil:/s/19/fs:/s/18/fs";
  }
  SECTION("shortened without need") {
    live->options["lowerdir"] = "19/fs:18/fs";
  }
  SECTION("no lower folders at all") {
    wanted.options.pop_back();
    live->options.erase("lowerdir");
  }
  SECTION("another type") { live->type = "ext4"; }
  SECTION("a part of it") { live->root = "/sub"; }
  CHECK(ReasonOf(CompareOverlay(*live, wanted)) ==
        Reason::kSubjectMountMismatch);
}

// containerd's shortened form of a list that does not fit a page.
struct LongList {
  std::string full = "lowerdir=";
  std::string shortened;

  LongList() {
    for (int i = 100; i < 200; ++i) {
      const std::string tail = std::to_string(i) + "/fs";
      full += (i > 100 ? ":" : "");
      full += "/var/lib/containerd/snapshots/layers/" + tail;
      shortened += (i > 100 ? ":" : "") + tail;
    }
  }
};

TEST_CASE("a list that was too long may be relative to one folder") {
  const LongList list;
  auto live = FindMount(kTable, 70);
  REQUIRE(live);
  SnapshotMount wanted = Wanted();
  wanted.options[3] = list.full;
  live->options["lowerdir"] = list.shortened;
  CHECK(CompareOverlay(*live, wanted));

  SECTION("but not to two") {
    live->options["lowerdir"].replace(0, 3, "layers/100");
  }
  SECTION("nor by another layer") {
    live->options["lowerdir"].replace(0, 3, "999");
  }
  SECTION("nor with one less") { live->options["lowerdir"].erase(0, 7); }
  SECTION("nor by a part of a name") {
    live->options["lowerdir"].replace(0, 3, "00");
  }
  CHECK(ReasonOf(CompareOverlay(*live, wanted)) ==
        Reason::kSubjectMountMismatch);
}

TEST_CASE("an id-mapped overlay is known by what is its own") {
  auto live = FindMount(kTable, 70);
  REQUIRE(live);
  SnapshotMount wanted = Wanted();
  wanted.options.emplace_back("uidmap=0:100000:65536");
  live->options["lowerdir"] = "/tmp/ovl-idmapped/0:/tmp/ovl-idmapped/1";
  CHECK(CompareOverlay(*live, wanted));
  live->options["upperdir"] = "/s/21/fs";
  CHECK(ReasonOf(CompareOverlay(*live, wanted)) ==
        Reason::kSubjectMountMismatch);
}

}  // namespace
}  // namespace assay
