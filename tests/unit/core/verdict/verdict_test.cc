#include "core/verdict/verdict.h"

#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

Verdict Accepted() {
  const auto policy = MakePolicy(
      "version = 1\n[[rule]]\nscope = \"**\"\naction = \"allow\"\n", {});
  return Walk().Decide(policy);
}

}  // namespace

TEST_CASE("a moved-from verdict refuses") {
  Verdict verdict = Accepted();
  REQUIRE(verdict.accepted());
  const Verdict other = std::move(verdict);
  CHECK(other.accepted());
  CHECK_FALSE(verdict.accepted());  // NOLINT(bugprone-use-after-move)
  CHECK(verdict.ending() != Ending::kAccepted);
}

TEST_CASE("a refusal for a reason of success is an internal error") {
  const Verdict verdict(Fail(Reason::kSigned));
  CHECK_FALSE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kInternal);
  CHECK(verdict.ending() == Ending::kUndetermined);
}

TEST_CASE("an error without a reason is undetermined") {
  CHECK(Verdict(Error{}).ending() == Ending::kUndetermined);
}

TEST_CASE("the line begins with the id, is one line and bounded") {
  Trail trail;
  trail.name = "registry.example.com/app:1";
  trail.rule = "policy.toml:3:1 (**)";
  const Verdict verdict(
      Fail(Reason::kNoSignature, "hostile\n\x1b[31m" + std::string(5000, 'x')),
      trail);
  const std::string line = verdict.Line();
  CHECK(line.starts_with("no-signature: "));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.size() <= limits::kAnswerLineBytes);
  CHECK(line.find("; next: ") != std::string::npos);
}
