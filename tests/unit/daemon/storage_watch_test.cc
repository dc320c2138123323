#include "daemon/storage_watch.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/io/storage/recorded_store.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

TEST_CASE("an image of a store is found once, and when its names change") {
  const RecordedStore store;
  StorageOptions options;
  options.roots = {store.root()};
  StorageResolver resolver(options);
  std::mutex mutex;
  std::vector<std::string> found;
  const auto count = [&] {
    const std::scoped_lock lock(mutex);
    return std::count(found.begin(), found.end(), kImage);
  };
  const auto reaches = [&](int wanted) {
    for (int tries = 0; count() < wanted && tries < 500; ++tries) {
      std::this_thread::sleep_for(10ms);
    }
    std::this_thread::sleep_for(50ms);  // some looks more
    return count() == wanted;
  };
  const StorageWatch watch(
      resolver,
      [&](const std::string& id) {
        const std::scoped_lock lock(mutex);
        found.push_back(id);
      },
      5ms);
  CHECK(reaches(1));
  // As its writers do: whole, and in place of the file before.
  store.Write("overlay-images/new",
              Replaced(store.Read("overlay-images/images.json"), "demo/app:1",
                       "demo/app:2"));
  std::filesystem::rename(store.root() + "/overlay-images/new",
                          store.root() + "/overlay-images/images.json");
  CHECK(reaches(2));
}
