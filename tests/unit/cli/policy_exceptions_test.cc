// What the commands about policies tell of break-glass.
#include "cli/policy_exceptions.h"

#include <sstream>

#include "cli/arguments.h"
#include "cli/policy_commands.h"
#include "io/report/request.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr std::string_view kImage = "registry.example.com/shop/a:1";
const std::string kNarrow = "scope = \"" + std::string(kImage) + "\"\n";
const std::string kWords = "reason = \"INC-17\"\nwho = \"jo\"\n";

std::string From(int from, int until) {
  const Time now = WallClock();
  return "not_before = " + Rfc3339(now + std::chrono::hours(from)) +
         "\nexpires = " + Rfc3339(now + std::chrono::hours(until)) + "\n";
}

struct ExceptionRoot : PolicyRoot {
  explicit ExceptionRoot(const std::string& policy = kSigned) {
    WritePolicy("10.toml", policy);
  }
  void Except(const std::string& text) const {
    folder.Write("etc/assay/break-glass.d/a.toml",
                 "version = 1\n[[exception]]\n" + text);
  }
  // Both streams, each behind the other.
  std::string Run(const Command& command, const std::vector<std::string>& words,
                  ExitCode wanted = ExitCode::kAccepted,
                  bool json = false) const {
    const auto arguments = ArgumentParser(command.options).Parse(words);
    REQUIRE(arguments);
    std::ostringstream out;
    std::ostringstream err;
    Context context{paths(), out, err, false, json};
    CHECK(command.run(context, *arguments) == wanted);
    return out.str() + err.str();
  }
  std::string Test(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--image", std::string(kImage)});
    return Run(kPolicyTestCommand, more);
  }
};

bool Tells(const std::string& text, std::string_view part) {
  INFO(text);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("test tells the exception that lets an image through") {
  const ExceptionRoot root;
  CHECK(root.Test().find("exception") == std::string::npos);
  root.Except(kNarrow + kWords + From(-1, 8));
  Tells(root.Test(),
        "a.toml:2:1 (registry.example.com/shop/a:1): runs "
        "unverified from ");
  Tells(root.Test(), "says jo: INC-17");
  const auto json =
      Json::Parse(root.Run(kPolicyTestCommand, {"--image", std::string(kImage)},
                           ExitCode::kAccepted, true));
  REQUIRE(json);
  const Json& one = json->FindArray("exceptions")->front();
  CHECK(*one.Find("heeded")->AsBool());
  CHECK(*one.FindString("who") == "jo");
  // A policy that is named is looked at alone.
  const std::string named = root.folder.path() + "/etc/assay/policy.d";
  CHECK(root.Test({"--policy", named}).find("exception") == std::string::npos);
}

TEST_CASE("test tells why an exception is not heeded") {
  const ExceptionRoot root;
  root.Except(kNarrow + kWords + From(1, 8));
  Tells(root.Test(), "not heeded before ");
  root.Except(kNarrow + kWords + From(-8, -1));
  Tells(root.Test(), "expired at ");
  root.Except(kNarrow + kWords + From(-1, 8) + "namespaces = [\"prod\"]\n");
  CHECK(root.Test().find("exception") == std::string::npos);
  Tells(root.Test({"--namespace", "prod"}), "in prod from ");
}

TEST_CASE("an exception that is no narrower overrules no rejection") {
  const std::string rejects = "version = 1\n[[rule]]\nscope = \"" +
                              std::string(kImage) + "\"\naction = \"reject\"\n";
  const ExceptionRoot root(rejects);
  root.Except(kNarrow + kWords + From(-1, 8));
  Tells(root.Test(), "the rule rejects, and the exception is not narrower");
  const ExceptionRoot audited(rejects + "mode = \"audit\"\n");
  audited.Except(kNarrow + kWords + From(-1, 8));
  Tells(audited.Test(), "not needed: nothing is refused here");
}

TEST_CASE("an exception for one digest is told for a name without") {
  const ExceptionRoot root;
  const std::string digest = "sha256:" + std::string(64, 'a');
  root.Except(kNarrow + kWords + From(-1, 8) + "digest = \"" + digest + "\"\n");
  Tells(root.Test(), "runs unverified as " + digest);
  const std::string other =
      "registry.example.com/shop/a@sha256:" + std::string(64, 'b');
  CHECK(root.Run(kPolicyTestCommand, {"--image", other}).find("exception") ==
        std::string::npos);
}

TEST_CASE("show lists exceptions, and those that ended") {
  const ExceptionRoot root;
  CHECK(root.Run(kPolicyShowCommand, {}).find("EXCEPTION") ==
        std::string::npos);
  root.Except(kNarrow + kWords + From(-8, -1));
  Tells(root.Run(kPolicyShowCommand, {}), "EXCEPTION");
  Tells(root.Run(kPolicyShowCommand, {}), "expired at ");
  const auto json =
      Json::Parse(root.Run(kPolicyShowCommand, {}, ExitCode::kAccepted, true));
  REQUIRE(json);
  CHECK_FALSE(*json->FindArray("exceptions")->front().Find("active")->AsBool());
}

TEST_CASE("check finds what is wrong with an exception") {
  const ExceptionRoot root;
  root.Except(kNarrow + kWords + From(-1, 8));
  root.Run(kPolicyCheckCommand, {});
  root.Except(kNarrow + "reason = \"INC-17\"\n" + From(-1, 8));
  const std::string told = root.Run(kPolicyCheckCommand, {}, ExitCode::kUsage);
  Tells(told, "valid: ");
  Tells(told, "break-glass: no exception is made: ");
  Tells(told, "'who'");
  const auto json =
      Json::Parse(root.Run(kPolicyCheckCommand, {}, ExitCode::kUsage, true));
  REQUIRE(json);
  CHECK(*json->Find("valid")->AsBool());
  CHECK(json->FindArray("break_glass_problems")->size() == 1);
  // Neither show nor test keeps silent about it.
  Tells(root.Run(kPolicyShowCommand, {}), "no exception is made");
  Tells(root.Test(), "no exception is made");
}
