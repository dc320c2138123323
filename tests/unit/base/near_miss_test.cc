#include "base/toml.h"
#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("the nearest candidate is suggested, only when it is near") {
  const std::set<std::string, std::less<>> keys = {"require", "namespaces",
                                                   "scope", "keys", "key"};
  CHECK(NearMiss("requires", keys) == "require");
  CHECK(NearMiss("namepsaces", keys) == "namespaces");
  CHECK(NearMiss("namespace", keys) == "namespaces");
  CHECK(NearMiss("scop", keys) == "scope");
  CHECK(NearMiss("scoop", keys) == "scope");
  CHECK(NearMiss("scopes", keys) == "scope");
  CHECK(NearMiss("keyz", keys) == "key");
  CHECK(NearMiss("keys", keys) == "keys");
  CHECK(NearMiss("volume", keys).empty());
  CHECK(NearMiss("", keys).empty());
  CHECK(NearMiss("x", keys).empty());
  CHECK(NearMiss(std::string(100'000, 'k'), keys).empty());
  CHECK(NearMiss("key", {}).empty());
}
