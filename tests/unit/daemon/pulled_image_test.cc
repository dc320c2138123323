#include "daemon/pulled_image.h"

#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using cri::PulledImage;

namespace {

const std::string kRepository = "registry.example.com/demo/app";

Subject Judged() { return test::MakeSubject(kRepository + ":1"); }

std::string Held(std::string_view of, const std::string& in = kRepository) {
  return in + "@" + Digest::Of(of).str();
}

void CheckMoved(const PulledImage& pulled) {
  const Status same = CheckPulled(pulled, Judged());
  REQUIRE_FALSE(same);
  CHECK(same.error().reason == Reason::kSubjectTagMoved);
}

}  // namespace

TEST_CASE("what was pulled is what was judged, by configuration and manifest") {
  const std::string id = Digest::Of("C").str();
  const std::string bare = Digest::Of("C").hex();
  CHECK(CheckPulled({id, {Held("M")}}, Judged()));
  CHECK(CheckPulled({bare, {Held("other"), Held("I")}}, Judged()));
  CheckMoved({});
  CheckMoved({id, {}});
  CheckMoved({id, {Held("other")}});
  CheckMoved({id, {Held("M", "registry.example.com/demo/other")}});
  CheckMoved({id, {kRepository + ":1", "no reference@", ""}});
  CheckMoved({Digest::Of("other").str(), {Held("M")}});
  CheckMoved({"", {Held("M")}});
  CheckMoved({id + "0", {Held("M")}});
}
