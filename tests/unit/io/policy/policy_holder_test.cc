#include "io/policy/policy_holder.h"

#include <atomic>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("at first there is no policy in force") {
  PolicyRoot root;
  PolicyHolder holder(root.paths());
  CHECK(holder.Current() == nullptr);
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current() == nullptr);
  CHECK_FALSE(holder.LastDiagnostics().empty());
}

TEST_CASE("a bad policy leaves the one in force") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  CHECK(holder.LastDiagnostics().empty());
  CHECK(holder.LoadedAt() > Time{});
  const auto good = holder.Current();
  root.WritePolicy("10.toml", "version = 1\nrulez = 1\n");
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current() == good);
  REQUIRE_FALSE(holder.LastDiagnostics().empty());
  CHECK(holder.LastDiagnostics().front().reason == Reason::kPolicyMalformed);
  std::filesystem::remove_all(root.paths().PolicyDir());
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current() == good);
  root.WritePolicy("10.toml", "version = 1\n");
  CHECK(holder.Reload());
  CHECK(holder.Current() != good);
  CHECK(holder.LastDiagnostics().empty());
}

TEST_CASE("readers see whole policies while others reload") {
  PolicyRoot root;
  const std::string one =
      "version = 1\n[[rule]]\nscope = \"localhost\"\n"
      "action = \"reject\"\n";
  root.WritePolicy("10.toml", one);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!stop) {
      const auto policy = holder.Current();
      if (policy == nullptr || policy->rules().size() != 1) ++torn;
      (void)holder.LastDiagnostics();
    }
  });
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) holder.Reload();
  });
  for (int i = 0; i < 20; ++i) holder.Reload();
  other.join();
  stop = true;
  reader.join();
  CHECK(torn == 0);
}
