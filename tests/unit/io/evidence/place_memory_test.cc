#include "io/evidence/place_memory.h"

#include <thread>

#include "tests/support/catch.h"

using namespace assay;
using namespace std::chrono_literals;

namespace {

RegistryPlaces Only(RegistryPlace place) { return RegistryPlaces().set(place); }

}  // namespace

TEST_CASE("places are remembered by key, one beside the other") {
  PlaceMemory memory(1h);
  CHECK(memory.Get("a").none());
  memory.Add("a", Only(kCosignTagPlace));
  memory.Add("a", Only(kReferrersTagPlace));
  memory.Add("b", RegistryPlaces());
  CHECK(memory.Get("a").count() == 2);
  CHECK_FALSE(memory.Get("a")[kReferrersApiPlace]);
  CHECK(memory.Get("b").none());
  memory.Forget();
  CHECK(memory.Get("a").none());
}

TEST_CASE("each place is forgotten in its own time") {
  PlaceMemory memory(400ms);
  memory.Add("a", Only(kCosignTagPlace));
  std::this_thread::sleep_for(250ms);
  memory.Add("a", Only(kReferrersApiPlace));
  std::this_thread::sleep_for(200ms);
  CHECK_FALSE(memory.Get("a")[kCosignTagPlace]);
  PlaceMemory never(0ms);
  never.Add("a", Only(kCosignTagPlace));
  CHECK(never.Get("a").none());
}

TEST_CASE("what hostile names fill is bounded") {
  PlaceMemory memory(1h);
  for (int i = 0; i < 5000; ++i) {
    memory.Add(std::to_string(i), Only(kCosignTagPlace));
  }
  CHECK(memory.Get("0").none());
  CHECK(memory.Get("4999").any());
}
