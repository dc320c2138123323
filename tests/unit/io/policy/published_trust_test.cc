// Signers whose trusted root a TUF repository publishes, from disk.
#include "io/policy/policy_loader.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

std::string Keyless(const std::string& root) {
  return "version = 1\n"
         "[[rule]]\nscope = \"localhost/**\"\nrequire = \"ci\"\n"
         "[signers.ci]\ntype = \"sigstore-keyless\"\n"
         "trusted_root = \"" +
         root +
         "\"\n[[signers.ci.identities]]\nissuer = \"i\"\nsubject = \"s\"\n";
}

struct Loaded {
  std::shared_ptr<const Policy> policy;
  Diagnostics problems;
  AskedTrust asked;
};

Loaded Load(const PolicyRoot& root) {
  Loaded loaded;
  loaded.policy =
      PolicyLoader(root.paths()).Load(loaded.problems, &loaded.asked);
  return loaded;
}

}  // namespace

TEST_CASE("a published file needs [trust.tuf]") {
  PolicyRoot root;
  root.WritePolicy("10.toml", Keyless("tuf:trusted_root.json"));
  const auto loaded = Load(root);
  CHECK(loaded.policy == nullptr);
  REQUIRE_FALSE(loaded.problems.empty());
  CHECK(loaded.problems.front().reason == Reason::kPolicyKeyUnreadable);
  CHECK(loaded.problems.front().message.find("[trust.tuf]") !=
        std::string::npos);
}

TEST_CASE("a published file needs a pinned root") {
  PolicyRoot root;
  root.folder.Write("etc/assay/assayd.toml",
                    "[trust.tuf]\nmirror = \"https://tuf.example.com\"\n"
                    "root = \"pin.json\"\n");
  root.WritePolicy("10.toml", Keyless("tuf:trusted_root.json"));
  CHECK(Load(root).policy == nullptr);
  root.folder.Write("etc/assay/trust/pin.json", "{}");
  const auto loaded = Load(root);
  CHECK(loaded.policy == nullptr);
  CHECK(loaded.problems.front().reason == Reason::kPolicyKeyUnreadable);
}

TEST_CASE("names that could lead elsewhere are refused") {
  for (const auto* name : {"", "/a", "a/", "a//b", "../a", "a/../b", "./a",
                           "a b", "a%2fb", "a\\\\b", "a?b", "a:b"}) {
    PolicyRoot root;
    root.WritePolicy("10.toml", Keyless("tuf:" + std::string(name)));
    const auto loaded = Load(root);
    CHECK(loaded.policy == nullptr);
    REQUIRE_FALSE(loaded.problems.empty());
    CHECK(loaded.problems.front().reason == Reason::kPolicyMalformed);
    CHECK(loaded.asked.published.empty());
  }
}
