#include <sstream>

#include "cli/doctor_command.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

const Check kGood = {"shim", Health::kOk, "/usr/lib/assay/assay-shim", ""};
const Check kDoor = {"policy-door", Health::kWarning, "a rule allows", "close"};
const Check kUnsure = {"containerd", Health::kUnknown, "no answer", "look"};
const Check kBad = {"handler", Health::kFailure, "runc: names no BinaryName",
                    "sudo assay wire containerd"};

}  // namespace

TEST_CASE("the worst check decides, and knowing nothing is not well") {
  CHECK(ExitForChecks({}) == ExitCode::kUndetermined);
  CHECK(ExitForChecks({kGood}) == ExitCode::kAccepted);
  CHECK(ExitForChecks({kGood, kDoor}) == ExitCode::kAccepted);
  CHECK(ExitForChecks({kGood, kUnsure}) == ExitCode::kUndetermined);
  CHECK(ExitForChecks({kUnsure, kBad, kGood}) == ExitCode::kRejected);
  CHECK(ExitForChecks({Check{}}) == ExitCode::kUndetermined);
}

TEST_CASE("the last lines say why nothing is enforced and what to do") {
  std::ostringstream out;
  std::ostringstream err;
  Context context{Paths(), out, err};
  CHECK(PrintChecks(context, {kGood, kUnsure, kBad}) == ExitCode::kRejected);
  CHECK(out.str().ends_with(
      "Not enforcing yet, because runc: names no BinaryName\n"
      "  next: sudo assay wire containerd\n"));
}

TEST_CASE("with --json the checks are an object") {
  std::ostringstream out;
  std::ostringstream err;
  Context context{Paths(), out, err, false, true};
  CHECK(PrintChecks(context, {kGood, kBad}) == ExitCode::kRejected);
  const auto json = Json::Parse(out.str());
  REQUIRE(json);
  CHECK_FALSE(*json->Find("enforcing")->AsBool());
  REQUIRE(json->FindArray("checks")->size() == 2);
  CHECK(*json->FindArray("checks")->at(1).FindString("health") == "fail");
}
