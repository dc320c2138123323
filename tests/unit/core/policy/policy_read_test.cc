#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/policy/policy_fixture.h"

using namespace assay;
using namespace assay::test;

namespace {

std::shared_ptr<const Policy> Good(const std::vector<std::string>& texts) {
  const ReadPolicy read = Read(texts);
  INFO(read.Text());
  REQUIRE(read.policy);
  REQUIRE(read.problems.empty());
  return read.policy;
}

// The problems of a policy that must be refused.
std::string Bad(const std::vector<std::string>& texts) {
  const ReadPolicy read = Read(texts);
  REQUIRE_FALSE(read.policy);
  REQUIRE_FALSE(read.problems.empty());
  return read.Text();
}

std::string Required(const std::string& require) {
  const auto policy = Good({WithRule("require = " + require)});
  REQUIRE(policy->rules().size() == 1);
  CHECK(policy->rules()[0].action == Action::kRequire);
  return policy->rules()[0].require.value().str();
}

std::string BadRule(const std::string& rest) { return Bad({WithRule(rest)}); }

}  // namespace

TEST_CASE("the whole grammar is read") {
  const auto policy = Good(
      {"version = 1\nmode = \"audit\"\ndefault = \"reject\"\n"
       "[[rule]]\n"
       "scope = \"registry.example.com/payments/**\"\n"
       "namespaces = [\"payments\", \"payments-*\"]\n"
       "require = { at_least = 2, of = [\"a\", \"b\", { all_of = [\"c\"] }] }\n"
       "integrity = \"manifest\"\nmode = \"enforce\"\n"
       "[[rule]]\nscope = \"**\"\naction = \"reject\"\n" +
       kThreeSigners.substr(12)});
  CHECK(policy->mode() == Mode::kAudit);
  CHECK(policy->default_action() == Action::kReject);
  REQUIRE(policy->rules().size() == 2);
  const Rule& rule = policy->rules()[0];
  CHECK(rule.scope.str() == "registry.example.com/payments/**");
  CHECK(rule.namespaces == std::vector<std::string>{"payments", "payments-*"});
  CHECK(rule.require.value().str() == "at least 2 of (a, b, c)");
  CHECK(rule.integrity == Integrity::kManifest);
  CHECK(rule.mode == Mode::kEnforce);
  CHECK(rule.position.str() == "1.toml:4:1");
  const Rule& other = policy->rules()[1];
  CHECK(other.action == Action::kReject);
  CHECK(other.integrity == Integrity::kLayers);
  CHECK(other.mode == Mode::kAudit);
  CHECK(policy->signers().size() == 3);
}

TEST_CASE("a file that several signers trust is read once a load") {
  int reads = 0;
  MemoryTrust trust;
  trust.reads = &reads;
  const auto read =
      Read({"version = 1\n"
            "[signers.one]\ntype = \"sigstore-key\"\nkeys = [\"a.pub\"]\n"
            "[signers.two]\ntype = \"sigstore-key\"\nkeys = [\"a.pub\"]\n"
            "[signers.three]\ntype = \"openssl\"\nkeys = [\"b.pub\"]\n"},
           trust);
  INFO(read.Text());
  REQUIRE(read.policy);
  CHECK(reads == 2);
}

TEST_CASE("every word of integrity is read") {
  for (const auto& [word, meaning] :
       {std::pair("layers", Integrity::kLayers),
        std::pair("manifest", Integrity::kManifest),
        std::pair("rootfs", Integrity::kRootfs)}) {
    const auto policy =
        Good({"version = 1\n[[rule]]\nscope = \"**\"\n"
              "action = \"reject\"\nintegrity = \"" +
              std::string(word) + "\"\n"});
    CHECK(policy->rules()[0].integrity == meaning);
    CHECK(IntegrityName(meaning) == word);
  }
}

TEST_CASE("what is left out is strict") {
  const auto policy = Good({"version = 1"});
  CHECK(policy->mode() == Mode::kEnforce);
  CHECK(policy->default_action() == Action::kReject);
  CHECK(policy->rules().empty());
  CHECK(policy->warnings().empty());
}

TEST_CASE("no file is no policy") {
  CHECK(Bad({}).find("policy-missing") == 0);
}

TEST_CASE("a version is needed and only 1 is known") {
  // Newer toml11 knows no place in a file without anything in it.
  const std::string nothing = Bad({""});
  CHECK(nothing.find("policy-malformed 1.toml:") == 0);
  CHECK(nothing.find(": 'version = 1' is missing\n") != std::string::npos);
  CHECK(Bad({"version = 2"}).find("policy-unsupported 1.toml:1:11") == 0);
  CHECK(Bad({"version = \"1\""}).find("policy-malformed 1.toml:1:11") == 0);
  CHECK(Bad({"version = 1", "default = \"reject\""}).find("2.toml") !=
        std::string::npos);
}

TEST_CASE("requirements nest") {
  CHECK(Required("\"a\"") == "a");
  CHECK(Required("{ any_of = [\"a\", \"b\"] }") == "any of (a, b)");
  CHECK(Required("{ all_of = [\"a\", \"b\"] }") == "all of (a, b)");
  CHECK(Required("{ at_least = 2, of = [\"a\", \"b\", \"c\"] }") ==
        "at least 2 of (a, b, c)");
  CHECK(Required("{ all_of = [\"a\", { any_of = [\"b\", \"c\"] }] }") ==
        "all of (a, any of (b, c))");
}

TEST_CASE("a threshold that asks for nothing or for too much is refused") {
  CHECK(BadRule("require = { at_least = 0, of = [\"a\"] }")
            .find("policy-malformed 1.toml:13:24: must be at least 1") == 0);
  CHECK(BadRule("require = { at_least = -1, of = [\"a\"] }")
            .find("must be at least 1") != std::string::npos);
  CHECK(BadRule("require = { at_least = 3, of = [\"a\", \"b\"] }")
            .find("can never be met") != std::string::npos);
  CHECK(BadRule("require = { at_least = \"2\", of = [\"a\"] }")
            .find("must be an integer") != std::string::npos);
  for (const char* empty :
       {"{ any_of = [] }", "{ all_of = [] }", "{ at_least = 1, of = [] }",
        "{ any_of = \"a\" }"}) {
    CHECK(BadRule("require = " + std::string(empty)).find("policy-malformed") ==
          0);
  }
}

TEST_CASE("a requirement has one form") {
  for (const char* form :
       {"{}", "{ any_of = [\"a\"], all_of = [\"b\"] }", "{ at_least = 1 }",
        "{ of = [\"a\"] }", "{ any_of = [\"a\"], at_least = 1 }", "1",
        "[\"a\"]", "true", "{ any_of = [1] }", "{ any_of = [\"a\"], x = 1 }"}) {
    INFO(form);
    CHECK(BadRule("require = " + std::string(form)).find("policy-malformed") ==
          0);
  }
}

TEST_CASE("a signer counts once in a list") {
  CHECK(BadRule("require = { at_least = 2, of = [\"a\", \"a\"] }")
            .find("1.toml:13:38: 'a' is named twice") != std::string::npos);
}

TEST_CASE("a signer must exist; a near name is suggested") {
  const std::string text =
      "version = 1\n[signers.release-2026]\ntype = \"sigstore-key\"\n"
      "keys = [\"a.pub\"]\n[[rule]]\nscope = \"**\"\n"
      "require = \"release-2062\"\n";
  CHECK(Bad({text}) ==
        "policy-malformed 1.toml:7:11: there is no [signers.release-2062]; did "
        "you mean 'release-2026'?\n");
}

TEST_CASE("signers and rules may stand in different files") {
  const auto policy =
      Good({"version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"a\"\n",
            kThreeSigners});
  CHECK(policy->rules().size() == 1);
}

TEST_CASE("a rule says what it wants") {
  CHECK(BadRule("").find("1.toml:11:1: a rule needs 'require' or 'action'") !=
        std::string::npos);
  CHECK(BadRule("require = \"a\"\naction = \"allow\"")
            .find("exclude each other") != std::string::npos);
  CHECK(BadRule("action = \"require\"").find("must be one of") !=
        std::string::npos);
  CHECK(BadRule("action = \"alow\"").find("did you mean 'allow'?") !=
        std::string::npos);
  CHECK(BadRule("action = 1").find("must be a string") != std::string::npos);
  CHECK(BadRule("action = \"allow\"\nmode = \"enforced\"")
            .find("did you mean 'enforce'?") != std::string::npos);
  CHECK(BadRule("action = \"allow\"\nintegrity = \"layer\"")
            .find("did you mean 'layers'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[[rule]]\naction = \"allow\"\n"})
            .find("1.toml:2:1: 'scope' is missing") != std::string::npos);
  CHECK(Bad({"version = 1\n[[rule]]\naction = \"allow\"\nscope = \"a**\"\n"})
            .find("1.toml:4:9: scope 'a**'") != std::string::npos);
}

TEST_CASE("a misspelt key is refused where it stands") {
  CHECK(BadRule("requires = \"a\"")
            .find("1.toml:13:1: unknown key 'requires'; did you mean "
                  "'require'?") != std::string::npos);
  CHECK(BadRule("require = \"a\"\nrequires = \"a\"")
            .find("did you mean 'require', which is there too?") !=
        std::string::npos);
  CHECK(BadRule("require = \"a\"\nscoop = \"a\"")
            .find("did you mean 'scope', which is there too?") !=
        std::string::npos);
  CHECK(BadRule("require = \"a\"\nnamespace = \"a\"")
            .find("did you mean 'namespaces'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[[rule]]\nscoop = \"**\""})
            .find("unknown key 'scoop'; did you mean 'scope'?") !=
        std::string::npos);
  CHECK(Bad({"version = 1\ndefaults = \"reject\""})
            .find("did you mean 'default'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[[rules]]\nscope = \"**\""})
            .find("did you mean 'rule'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[signer.a]\ntype = \"x\""})
            .find("did you mean 'signers'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[rule]\nscope = \"**\""}).find("[[rule]]") !=
        std::string::npos);
}

TEST_CASE("a rule may ask for a base") {
  const ReadPolicy read =
      Read({WithRule("require = \"a\"\nbase = { at_least = 2, of = [\"a\", "
                     "\"b\", \"c\"] }")});
  INFO(read.Text());
  REQUIRE(read.policy);
  const Rule& rule = read.policy->rules().at(0);
  REQUIRE(rule.base);
  CHECK(rule.base->str() == "at least 2 of (a, b, c)");
  CHECK(rule.require->str() == "a");
  CHECK_FALSE(Read({WithRule("require = \"a\"")}).policy->rules().at(0).base);
}

TEST_CASE("a base is a requirement, and goes with one") {
  CHECK(BadRule("require = \"a\"\nbase = \"x\"") ==
        "policy-malformed 1.toml:14:8: there is no [signers.x]\n");
  CHECK(BadRule("require = \"a\"\nbase = { any_of = [] }")
            .find("at least one signer") != std::string::npos);
  CHECK(BadRule("require = \"a\"\nbase = true").find("policy-malformed") == 0);
  for (const std::string action : {"allow", "reject"}) {
    CHECK(BadRule("action = \"" + action + "\"\nbase = \"a\"")
              .find("'base' goes with 'require'") != std::string::npos);
  }
}

TEST_CASE("a signer's type is known") {
  CHECK(Bad({"version = 1\n[signers.x]\ntype = \"sigstore-kye\"\n"})
            .find("did you mean 'sigstore-key'?") != std::string::npos);
  CHECK(Bad({"version = 1\n[signers.x]\nkeys = [\"a.pub\"]\n"})
            .find("'type' is missing") != std::string::npos);
  CHECK(Bad({"version = 1\nsigners = 1"}).find("must be a table") !=
        std::string::npos);
  CHECK(Bad({"version = 1\n[signers]\nx = 1"}).find("must be a table") !=
        std::string::npos);
  CHECK(Bad({"version = 1\n[signers.\"a b\"]\ntype = \"sigstore-key\"\n"
             "keys = [\"a.pub\"]\n"})
            .find("the name of this signer") != std::string::npos);
}

TEST_CASE("an unreadable key refuses the policy once") {
  const std::string text =
      "version = 1\n[signers.x]\ntype = \"sigstore-key\"\n"
      "keys = [\"gone.pub\"]\n[[rule]]\nscope = \"**\"\nrequire = \"x\"\n";
  const ReadPolicy read = Read({text});
  CHECK_FALSE(read.policy);
  REQUIRE(read.problems.size() == 1);
  CHECK(read.problems[0].reason == Reason::kPolicyKeyUnreadable);
  CHECK(read.problems[0].position.line == 4);
}

TEST_CASE("namespaces are namespaces") {
  CHECK(
      BadRule("require = \"a\"\nnamespaces = []").find("names no namespace") !=
      std::string::npos);
  CHECK(BadRule("require = \"a\"\nnamespaces = [\"Payments\"]")
            .find("is no namespace") != std::string::npos);
  CHECK(
      BadRule("require = \"a\"\nnamespaces = [\"\"]").find("is no namespace") !=
      std::string::npos);
  CHECK(BadRule("require = \"a\"\nnamespaces = [1]").find("array of strings") !=
        std::string::npos);
}

TEST_CASE("settings may stand once, or agree") {
  const std::string reject = "version = 1\ndefault = \"reject\"\n";
  const std::string allow = "version = 1\ndefault = \"allow\"\n";
  CHECK(Good({reject, reject})->default_action() == Action::kReject);
  CHECK(Good({"version = 1", allow})->default_action() == Action::kAllow);
  CHECK(Bad({reject, allow}) ==
        "policy-malformed 2.toml:2:11: contradicts 'default' at "
        "1.toml:2:11\n");
  CHECK(
      Bad({"version = 1\nmode = \"audit\"", "version = 1\nmode = \"enforce\""})
          .find("contradicts 'mode'") != std::string::npos);
}

TEST_CASE("a signer in two files is refused with both places") {
  const std::string one =
      "version = 1\n[signers.a]\ntype = \"sigstore-key\"\nkeys = [\"a.pub\"]\n";
  const std::string problems = Bad({one, "\n" + one});
  CHECK(problems.find("2.toml:3:1: signer 'a' is already at 1.toml:2:1") !=
        std::string::npos);
}

TEST_CASE("every problem is reported") {
  const ReadPolicy read = Read(
      {"mode = \"x\"\n[[rule]]\nscope = \"a//b\"\n[[rule]]\nscope = \"**\"\n"
       "require = \"nobody\"\nintegrty = 1\n",
       "version = 7\n[signers.x]\ntype = \"?\"\n"});
  CHECK_FALSE(read.policy);
  INFO(read.Text());
  CHECK(read.problems.size() == 8);
}

TEST_CASE("a file that does not parse is the only thing said") {
  const ReadPolicy read = Read({WithRule("require = \"a\""), "version = "});
  CHECK_FALSE(read.policy);
  REQUIRE(read.problems.size() == 1);
  CHECK(read.problems[0].reason == Reason::kPolicyMalformed);
  CHECK(read.problems[0].position.file == "2.toml");
}

TEST_CASE("requirements have caps") {
  std::string deep = "\"a\"";
  for (std::size_t i = 0; i < limits::kRequirementDepth; ++i) {
    deep = "{ any_of = [" + deep + "] }";
  }
  CHECK(BadRule("require = " + deep).find("policy-too-complex") == 0);
  std::string pair = "{ all_of = [\"a\", { any_of = [\"b\", \"c\"] }] }";
  std::string many;
  for (int i = 0; i < 20; ++i) many += pair + ", ";
  CHECK(BadRule("require = { at_least = 10, of = [" + many + "] }")
            .find("policy-too-complex") == 0);
  std::string wide;
  for (std::size_t i = 0; i < limits::kRequirementNodes; ++i) {
    wide += "{ any_of = [\"a\"] }, ";
  }
  CHECK(BadRule("require = { any_of = [" + wide + "] }")
            .find("policy-too-complex") == 0);
}

TEST_CASE("the fingerprint is over contents, not over names or order") {
  const std::string rules =
      "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"a\"\n";
  const auto one = Good({kThreeSigners, rules});
  const auto other = Good({rules, kThreeSigners});
  CHECK(one->fingerprint() == other->fingerprint());
  CHECK(one->trust_fingerprint() == other->trust_fingerprint());
  const auto changed = Good({rules + "# a comment", kThreeSigners});
  CHECK(changed->fingerprint() != one->fingerprint());
  CHECK(changed->trust_fingerprint() == one->trust_fingerprint());
  MemoryTrust moved;
  moved.root = "/somewhere/else/";
  CHECK(Read({rules, kThreeSigners}, moved).policy->fingerprint() ==
        one->fingerprint());
}

TEST_CASE("a key file that changes, or changes its name, changes the prints") {
  const auto before = Good({kThreeSigners});
  MemoryTrust swapped;
  std::swap(swapped.files["a.pub"], swapped.files["b.pub"]);
  const auto after = Read({kThreeSigners}, swapped).policy;
  REQUIRE(after);
  CHECK(after->trust_fingerprint() != before->trust_fingerprint());
  CHECK(after->fingerprint() != before->fingerprint());
}
