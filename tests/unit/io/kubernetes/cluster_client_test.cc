#include "io/kubernetes/cluster_client.h"

#include <chrono>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

namespace assay {
namespace {

TEST_CASE("what is thrown while an object is followed does not end it") {
  int asked = 0;
  ClusterClient client([&]() -> Result<ClusterAccess> {
    if (++asked <= 2) throw std::runtime_error("not this time");
    return Fail(Reason::kConfigurationMalformed, "nor this time");
  });
  std::vector<Reason> failures;
  const ClusterEars ears = {
      [](const auto& /*object*/, const auto& /*listed*/) { return Ok(); },
      [](const auto& /*object*/) {},
      [&](const auto& /*object*/, const Error& error) {
        failures.push_back(error.reason);
        if (failures.size() == 1) throw std::runtime_error("nor is it told");
        if (failures.size() == 3) client.Stop();
      }};
  const auto begun = std::chrono::steady_clock::now();
  client.Follow({{ClusterKind::kSecret, "prod", "release"}}, ears);
  CHECK(asked == 3);
  CHECK(failures == std::vector{Reason::kInternal, Reason::kInternal,
                                Reason::kConfigurationMalformed});
  // Half of the first pause and half of the second at least.
  CHECK(std::chrono::steady_clock::now() - begun >=
        std::chrono::milliseconds(250 + 500));
}

}  // namespace
}  // namespace assay
