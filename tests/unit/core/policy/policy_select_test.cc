#include <algorithm>
#include <random>

#include "tests/support/catch.h"
#include "tests/unit/core/policy/policy_fixture.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string RuleText(const std::string& scope, const std::string& rest) {
  return "[[rule]]\nscope = \"" + scope + "\"\n" + rest + "\n";
}

std::shared_ptr<const Policy> Make(const std::string& rules) {
  const ReadPolicy read = Read({"version = 1\n" + rules});
  if (!read.policy) FAIL(read.Text());
  return read.policy;
}

// The scope of the rule selected, "default", or the reason it cannot be told.
std::string Pick(const Policy& policy, std::string_view name,
                 std::string_view pod_namespace = "") {
  const auto picked =
      policy.Select(Reference::Parse(name).value(), pod_namespace);
  if (!picked) return std::string(Describe(picked.error().reason).id);
  if (picked->rule == nullptr) return "default";
  CHECK(picked->action == picked->rule->action);
  CHECK(picked->mode == picked->rule->mode);
  return picked->rule->scope.str();
}

const std::string kReject = "action = \"reject\"";
const std::string kAllow = "action = \"allow\"";

}  // namespace

TEST_CASE("the most specific rule is selected, wherever it stands") {
  const std::string app = "registry.example.com/team/app";
  const std::vector<std::string> scopes = {"**",
                                           "*.example.com",
                                           "registry.example.com",
                                           "registry.example.com/team/*",
                                           app,
                                           app + ":1",
                                           app + "@" + kDigest};
  for (const bool reversed : {false, true}) {
    std::string rules;
    for (const std::string& scope : scopes) {
      const std::string one = RuleText(scope, kReject);
      rules = reversed ? one + rules : rules + one;
    }
    const auto policy = Make(rules);
    CHECK(Pick(*policy, "busybox") == "**");
    CHECK(Pick(*policy, "other.example.com/x") == "*.example.com");
    CHECK(Pick(*policy, "registry.example.com/x") == "registry.example.com");
    CHECK(Pick(*policy, "registry.example.com/team/x") ==
          "registry.example.com/team/*");
    CHECK(Pick(*policy, app + ":2") == app);
    CHECK(Pick(*policy, app + ":1") == app + ":1");
    CHECK(Pick(*policy, app + ":1@" + kDigest) == app + "@" + kDigest);
  }
}

TEST_CASE(
    "a digest is matched by what the image is, not by what it is called") {
  const std::string app = "registry.example.com/team/app";
  const auto policy =
      Make(RuleText(app, kAllow) + RuleText(app + ":1", kAllow) +
           RuleText(app + "@" + kDigest, kReject));
  const auto pick = [&](const std::string& name, const std::string& content) {
    const std::vector<Digest> digests = {Digest::Of("index"),
                                         Digest::Parse(content).value()};
    const auto picked =
        policy->Select(Reference::Parse(name).value(), "", digests);
    return picked.value().rule->scope.str();
  };
  const std::string other = Digest::Of("other").str();
  CHECK(pick(app + ":1", kDigest) == app + "@" + kDigest);
  CHECK(pick(app + ":2", kDigest) == app + "@" + kDigest);
  CHECK(pick(app + ":2", other) == app);
  CHECK(pick(app + "@" + kDigest, other) == app + "@" + kDigest);
}

TEST_CASE("two digests of one image that say different things conflict") {
  const std::string app = "registry.example.com/team/app@";
  const std::string index = Digest::Of("index").str();
  const auto policy =
      Make(RuleText(app + index, kAllow) + RuleText(app + kDigest, kReject));
  const std::vector<Digest> both = {Digest::Parse(kDigest).value(),
                                    Digest::Of("index")};
  const auto picked = policy->Select(
      Reference::Parse("registry.example.com/team/app:1").value(), "", both);
  REQUIRE_FALSE(picked);
  CHECK(picked.error().reason == Reason::kPolicyConflict);
}

TEST_CASE("a rule that names the namespace comes before one that names none") {
  const auto policy =
      Make(RuleText("registry.example.com/team/app", kAllow) +
           RuleText("**", "namespaces = [\"prod\", \"prod-*\"]\n" + kReject));
  CHECK(Pick(*policy, "registry.example.com/team/app", "dev") ==
        "registry.example.com/team/app");
  CHECK(Pick(*policy, "registry.example.com/team/app", "prod") == "**");
  CHECK(Pick(*policy, "registry.example.com/team/app", "prod-eu") == "**");
  CHECK(Pick(*policy, "registry.example.com/team/app", "production") ==
        "registry.example.com/team/app");
}

TEST_CASE("a workload without a namespace is in none") {
  const auto policy = Make(RuleText("**", "namespaces = [\"*\"]\n" + kAllow));
  CHECK(Pick(*policy, "busybox", "anything") == "**");
  CHECK(Pick(*policy, "busybox", "") == "default");
}

TEST_CASE("what namespaces' rules say of an image, for whichever pod") {
  const std::string app = "registry.example.com/team/app";
  const auto policy = Make(
      RuleText(app, kAllow) +
      RuleText(app, "namespaces = [\"prod\"]\n" + kReject) +
      RuleText("registry.example.com/team/**",
               "namespaces = [\"dev-*\"]\n" + kAllow) +
      RuleText("**", "namespaces = [\"prod\"]\n" + kAllow) +
      RuleText(app + "@" + kDigest, "namespaces = [\"test\"]\n" + kAllow) +
      RuleText("other.example.com/**", "namespaces = [\"prod\"]\n" + kAllow));
  const auto of = [&](const std::string& name,
                      const std::vector<Digest>& content) {
    std::vector<std::string> scopes;
    for (const Selection& one :
         policy->SelectNamespaced(Reference::Parse(name).value(), content)) {
      REQUIRE(one.rule != nullptr);
      CHECK(one.action == one.rule->action);
      scopes.push_back(one.rule->scope.str());
    }
    std::sort(scopes.begin(), scopes.end());
    return scopes;
  };
  CHECK(of(app + ":1", {}) ==
        std::vector<std::string>{"registry.example.com/team/**", app});
  CHECK(of(app + ":1", {Digest::Parse(kDigest).value()}).size() == 3);
  CHECK(of("busybox", {}) == std::vector<std::string>{"**"});
}

TEST_CASE("no rule is the default, which rejects unless it is said") {
  const auto strict = Make("");
  const auto picked = strict->Select(Reference::Parse("busybox").value(), "");
  CHECK(picked.value().action == Action::kReject);
  CHECK(picked.value().mode == Mode::kEnforce);
  const auto open = Make("default = \"allow\"\nmode = \"audit\"\n");
  const auto allowed = open->Select(Reference::Parse("busybox").value(), "");
  CHECK(allowed.value().action == Action::kAllow);
  CHECK(allowed.value().mode == Mode::kAudit);
}

TEST_CASE("equally specific rules for one image are refused at load") {
  const auto refused = [](const std::string& rules) {
    const ReadPolicy read = Read({"version = 1\n" + rules});
    if (read.policy != nullptr) return false;
    for (const Diagnostic& problem : read.problems) {
      CHECK(problem.reason == Reason::kPolicyConflict);
    }
    return !read.problems.empty();
  };
  CHECK(refused(RuleText("busybox", kReject) +
                RuleText("docker.io/library/busybox", kAllow)));
  CHECK(refused(RuleText("registry.example.com", kReject) +
                RuleText("Registry.example.com/**", kReject)));
  CHECK(refused(RuleText("registry.example.com/a*", kReject) +
                RuleText("registry.example.com/*b", kAllow)));
  CHECK(refused(RuleText("registry.example.com/a/*", kReject) +
                RuleText("registry.example.com/*/a", kAllow)));
  CHECK(refused(RuleText("**", "namespaces = [\"a*\"]\n" + kReject) +
                RuleText("**", "namespaces = [\"x\", \"*b\"]\n" + kAllow)));
  CHECK_FALSE(refused(RuleText("**", "namespaces = [\"a\"]\n" + kReject) +
                      RuleText("**", "namespaces = [\"b\"]\n" + kAllow) +
                      RuleText("**", kReject)));
  CHECK_FALSE(refused(RuleText("registry.example.com/a*", kReject) +
                      RuleText("registry.example.com/b*", kAllow)));
}

TEST_CASE("a conflict names both places") {
  const ReadPolicy read =
      Read({"version = 1\n" + RuleText("busybox", kReject),
            "version = 1\n\n" + RuleText("busybox", kAllow)});
  CHECK(read.Text() ==
        "policy-conflict 2.toml:3:1: rule 'busybox' is as specific as "
        "'busybox' at 1.toml:2:1, and there are images that both are for\n");
}

TEST_CASE("a policy that loads never conflicts on small scopes") {
  std::mt19937 random(41);
  const char* const parts[] = {"a", "b", "*", "a*", "*b", "**"};
  const char* const names[] = {"a", "b", "ab", "aab"};
  int loaded = 0;
  for (int round = 0; round < 300; ++round) {
    std::string rules = "version = 1\n";
    for (auto count = random() % 4 + 1; count > 0; --count) {
      std::string scope = "h.example.com";
      for (auto more = random() % 3 + 1; more > 0; --more) {
        scope += "/" + std::string(parts[random() % 6]);
      }
      rules += RuleText(scope, kReject);
    }
    const ReadPolicy read = Read({rules});
    if (read.policy == nullptr) continue;
    ++loaded;
    for (int i = 0; i < 20; ++i) {
      std::string name = "h.example.com";
      for (auto more = random() % 3 + 1; more > 0; --more) {
        name += "/" + std::string(names[random() % 4]);
      }
      INFO(rules << name);
      REQUIRE(Pick(*read.policy, name) != "policy-conflict");
    }
  }
  CHECK(loaded > 50);
}

TEST_CASE("every door is announced") {
  const ReadPolicy read =
      Read({"version = 1\nmode = \"enforce\"\ndefault = \"allow\"\n" +
            RuleText("**", kAllow) + RuleText("registry.example.com", kAllow) +
            RuleText("localhost", "mode = \"audit\"\n" + kReject)});
  REQUIRE(read.policy);
  const auto& warnings = read.policy->warnings();
  REQUIRE(warnings.size() == 4);
  std::string all;
  for (const std::string& one : warnings) all += one + "\n";
  INFO(all);
  CHECK(all.find("default = \"allow\"") != std::string::npos);
  CHECK(all.find("(**): allows every image") != std::string::npos);
  CHECK(all.find("(registry.example.com): allows") != std::string::npos);
  CHECK(all.find("audits only") != std::string::npos);
  const ReadPolicy audit = Read({"version = 1\nmode = \"audit\""});
  REQUIRE(audit.policy->warnings().size() == 1);
}
