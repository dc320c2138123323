#include "base/reason.h"

#include <set>

#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("every reason has a unique id, a sentence and a remedy") {
  std::set<std::string_view> ids;
  for (const ReasonInfo& info : AllReasons()) {
    INFO(info.id);
    CHECK(ids.insert(info.id).second);
    CHECK_FALSE(info.sentence.empty());
    CHECK_FALSE(info.remedy.empty());
    CHECK(FindReason(info.id) == info.reason);
    CHECK(info.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
          std::string_view::npos);
  }
}

TEST_CASE("an unknown reason refuses") {
  CHECK(Describe(static_cast<Reason>(60000)).ending == Ending::kUndetermined);
  CHECK(Describe(Reason::kUnspecified).ending == Ending::kUndetermined);
  CHECK_FALSE(FindReason("no such reason"));
}
