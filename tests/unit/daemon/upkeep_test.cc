#include "daemon/upkeep.h"

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/storage/recorded_store.h"

using namespace assay;
using namespace assay::test;

TEST_CASE(
    "evidence of what a store holds stays, with or without a containerd") {
  const testing::TempFolder folder;
  const RecordedStore store;
  NodeConfig config;
  config.containerd_address = folder / "none.sock";
  config.storage_roots = {store.root()};
  config.storage_run_roots = {};
  Engine engine(Paths(folder / "root"), config);

  const auto on_node = DigestsOnNode(engine, /*met_containerd=*/false);
  REQUIRE(on_node);
  CHECK(on_node->contains(*Digest::Parse(kManifest)));
  // One that was there and is away: nobody knows what it holds.
  CHECK_FALSE(DigestsOnNode(engine, /*met_containerd=*/true));
  SECTION("a store that cannot be read") {
    store.Write("overlay-images/images.json", "[");
    CHECK_FALSE(DigestsOnNode(engine, false));
  }
  SECTION("a node without any images") {
    store.Write("overlay-images/images.json", "[]");
    CHECK_FALSE(DigestsOnNode(engine, false));
  }
}
