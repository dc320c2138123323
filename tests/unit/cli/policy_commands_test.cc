#include "cli/policy_commands.h"

#include <sstream>

#include "cli/arguments.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

struct Ran {
  ExitCode code;
  std::string out;
  std::string err;
};

Ran Run(const Command& command, const PolicyRoot& root,
        const std::vector<std::string>& words, bool json = false) {
  const auto arguments = ArgumentParser(command.options).Parse(words);
  REQUIRE(arguments);
  std::ostringstream out;
  std::ostringstream err;
  Context context{root.paths(), out, err, false, json};
  const ExitCode code = command.run(context, *arguments);
  return {code, out.str(), err.str()};
}

bool Has(const std::string& text, std::string_view part) {
  INFO(text);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

// Of one image, held against the policy.
ExitCode Expect(const PolicyRoot& root, const std::string& expected) {
  const std::string image =
      "[[case]]\nimage = \"registry.example.com/shop/a:1\"\n";
  return Run(kPolicyTestCommand, root,
             {root.folder.Write("t.toml", image + expected)})
      .code;
}

const std::string kPolicy =
    kSigned +
    "[[rule]]\nscope = \"registry.example.com/open/**\"\n"
    "namespaces = [\"dev-*\"]\naction = \"allow\"\n";

}  // namespace

TEST_CASE("check says that a policy is valid, and its doors") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kPolicy);
  const Ran ran = Run(kPolicyCheckCommand, root, {});
  CHECK(ran.code == ExitCode::kAccepted);
  Has(ran.out, "valid: 2 rules, 1 signers, default reject, mode enforce");
  Has(ran.out, "warning: ");
  CHECK(ran.err.empty());
  const auto json = Json::Parse(Run(kPolicyCheckCommand, root, {}, true).out);
  REQUIRE(json);
  CHECK(*json->Find("valid")->AsBool());
  CHECK(json->FindArray("warnings")->size() == 1);
}

TEST_CASE("check shows each problem with its line and a caret") {
  PolicyRoot root;
  const std::string path = root.WritePolicy(
      "10.toml", "version = 1\n[[rule]]\nscope = \"**\"\n\trequires = \"a\"\n");
  const Ran ran = Run(kPolicyCheckCommand, root, {});
  CHECK(ran.code == ExitCode::kUsage);
  CHECK(ran.out.empty());
  Has(ran.err, "policy-malformed " + path +
                   ":4:2: unknown key 'requires'; did you mean 'require'?\n"
                   "  4 |  requires = \"a\"\n"
                   "    |  ^\n");
  Has(ran.err, "(2 problems)");
  const auto json = Json::Parse(Run(kPolicyCheckCommand, root, {}, true).out);
  REQUIRE(json);
  CHECK_FALSE(*json->Find("valid")->AsBool());
  const Json::Array& problems = *json->FindArray("problems");
  REQUIRE(problems.size() == 2);
  CHECK(*problems[0].FindString("reason") == "policy-malformed");
  CHECK(*problems[0].FindInt("line") > 0);
}

TEST_CASE("check without any policy fails and says what to do") {
  PolicyRoot root;
  CHECK(Run(kPolicyCheckCommand, root, {}).code == ExitCode::kUsage);
  const std::string draft = root.folder.Write("draft.toml", kSigned);
  CHECK(Run(kPolicyCheckCommand, root, {draft}).code == ExitCode::kAccepted);
  CHECK(Run(kPolicyCheckCommand, root, {root.folder / "gone.toml"}).code ==
        ExitCode::kUsage);
}

TEST_CASE("a hostile line cannot write to the terminal") {
  PolicyRoot root;
  root.WritePolicy("10.toml", "version = 1\n\"\\u001b[31m\" = \"\x1B[31m\"\n");
  const Ran ran = Run(kPolicyCheckCommand, root, {});
  CHECK(ran.code == ExitCode::kUsage);
  CHECK(ran.err.find('\x1B') == std::string::npos);
}

TEST_CASE("show lists rules in match order, signers and keys") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kPolicy);
  const Ran ran = Run(kPolicyShowCommand, root, {});
  CHECK(ran.code == ExitCode::kAccepted);
  CHECK(ran.out.find("registry.example.com/open/**") <
        ran.out.find("require release"));
  Has(ran.out, "dev-*");
  Has(ran.out, "sigstore-key");
  Has(ran.out, "sha256:");
  const auto json = Json::Parse(Run(kPolicyShowCommand, root, {}, true).out);
  REQUIRE(json);
  CHECK(json->FindArray("rules")->size() == 2);
  CHECK(json->FindObject("signers")->size() == 1);
}

TEST_CASE("test tells the rule of one image") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kPolicy);
  const Ran ran =
      Run(kPolicyTestCommand, root, {"--image", "registry.example.com/open/x"});
  CHECK(ran.code == ExitCode::kAccepted);
  Has(ran.out, "require release");
  const Ran dev =
      Run(kPolicyTestCommand, root,
          {"--image", "registry.example.com/open/x", "--namespace", "dev-1"});
  Has(dev.out, "allow");
  CHECK(Run(kPolicyTestCommand, root, {"--image", "a//b"}).code ==
        ExitCode::kUsage);
  CHECK(Run(kPolicyTestCommand, root, {}).code == ExitCode::kUsage);
  CHECK(Run(kPolicyTestCommand, root, {"f", "--image", "a"}).code ==
        ExitCode::kUsage);
}

TEST_CASE("test holds a policy against expectations") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kPolicy);
  const auto test = [&root](const std::string& cases) {
    return Run(kPolicyTestCommand, root, {root.folder.Write("t.toml", cases)});
  };
  const std::string image = "[[case]]\nimage = \"busybox\"\n";
  const std::string open =
      "[[case]]\nimage = \"registry.example.com/open/x:1\"\n"
      "namespace = \"dev-1\"\n";
  const Ran good = test(image +
                        "rule = \"**\"\naction = \"require\"\n"
                        "requires = [\"release\"]\n" +
                        open + "rule = \"registry.example.com/open/**\"\n" +
                        "action = \"allow\"\nrequires = []\n");
  CHECK(good.code == ExitCode::kAccepted);
  Has(good.out, "2 cases, 0 wrong");
  for (const std::string& wrong :
       {image + "rule = \"default\"\n", image + "action = \"reject\"\n",
        image + "requires = [\"release\", \"other\"]\n",
        open + "action = \"require\"\n"}) {
    const Ran ran = test(wrong);
    CHECK(ran.code == ExitCode::kRejected);
    Has(ran.out, "WRONG");
    Has(ran.out, "1 cases, 1 wrong");
  }
}

TEST_CASE("show and test tell the base a rule asks for") {
  PolicyRoot root;
  root.WritePolicy("10.toml",
                   std::string(kPolicy) +
                       "[[rule]]\nscope = \"registry.example.com/shop/**\"\n"
                       "require = \"release\"\nbase = \"release\"\n");
  Has(Run(kPolicyShowCommand, root, {}).out,
      "require release, upon a base of release");
  const std::string json = Run(kPolicyShowCommand, root, {}, true).out;
  Has(json, "\"base\":\"release\"");
  CHECK(Expect(root, "base = [\"release\"]\n") == ExitCode::kAccepted);
  CHECK(Expect(root, "base = []\n") == ExitCode::kRejected);
  CHECK(Expect(root, "base = [\"other\"]\n") == ExitCode::kRejected);
}

TEST_CASE("show and test tell the attestations a rule asks for") {
  PolicyRoot root;
  root.WritePolicy(
      "10.toml",
      std::string(kPolicy) +
          "[[rule]]\nscope = \"registry.example.com/shop/**\"\n"
          "require = { all_of = [\"release\", { attestation = \"sbom\" }] }\n"
          "[attestations.sbom]\nsigned_by = \"release\"\n"
          "predicate_type = \"https://spdx.dev/Document\"\n");
  const std::string shown = Run(kPolicyShowCommand, root, {}).out;
  Has(shown, "require all of (release, attestation sbom)");
  Has(shown, "https://spdx.dev/Document, signed by release");
  Has(Run(kPolicyShowCommand, root, {}, true).out,
      "\"attestations\":{\"sbom\":");
  CHECK(Expect(root, "attestations = [\"sbom\"]\n") == ExitCode::kAccepted);
  CHECK(Expect(root, "attestations = []\n") == ExitCode::kRejected);
  CHECK(Expect(root, "attestations = [\"release\"]\n") == ExitCode::kRejected);
  CHECK(Expect(root, "requires = [\"release\"]\n") == ExitCode::kAccepted);
}

TEST_CASE("expectations are read as strictly as policies") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kPolicy);
  for (const std::string& text :
       {std::string("[[case]]\nimage = \"busybox\"\n"), std::string(),
        std::string("[[case]]\nrule = \"**\"\n"),
        std::string("[[case]]\nimage = \"a//b\"\nrule = \"**\"\n"),
        std::string("[[case]]\nimage = \"busybox\"\naction = \"alow\"\n"),
        std::string("[[case]]\nimage = \"busybox\"\nrool = \"**\"\n"),
        std::string("[[case]]\nimage = \"busybox\"\nrule = \"a**\"\n"),
        std::string("[[cases]]\nimage = \"busybox\"\nrule = \"**\"\n"),
        std::string("case = ")}) {
    INFO(text);
    const Ran ran =
        Run(kPolicyTestCommand, root, {root.folder.Write("t.toml", text)});
    CHECK(ran.code == ExitCode::kUsage);
    CHECK_FALSE(ran.err.empty());
  }
}
