// What notary 0.7.0 wrote: a root key of its own, snapshots signed by the
// server, v1 in the targets and v2 in targets/releases.
#include <fstream>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/unit/core/schemes/dct/pinned.h"

namespace assay {
namespace {

constexpr Time kRecorded{std::chrono::seconds(1'795'668'000)};

std::string Recorded(const std::string& role) {
  std::ifstream file(std::string(ASSAY_RECORDED_ROLES) + "/" + role);
  std::ostringstream text;
  text << file.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

TrustData RecordedData() {
  TrustData data;
  data.roots = {Recorded("root")};
  for (const auto* role : {"timestamp", "snapshot", "targets"}) {
    data.by_role[role] = Recorded(role);
  }
  data.by_role["targets/releases"] = Recorded("releases");
  return data;
}

TEST_CASE("what a real server has is proven under its root's key alone") {
  const auto name = Reference::Parse("registry.example.com/app:v1").value();
  const std::string id =
      "d0d8aed977d1eff19c32c811b6bbb6e6406fc31dfa14a2558045a2dbe21d3493";
  const dct::Judge judge(*test::PinsOf("root_key_ids = \"" + id + "\"").pins,
                         {});
  const auto proven = judge.Prove(name, RecordedData());
  REQUIRE(proven);
  CHECK(proven->FindTag("v1")->sha256 == Digest::Of("hello"));
  CHECK(proven->FindTag("v2")->sha256 == Digest::Of("hello"));
  CHECK(proven->JudgeTime(kRecorded));
  CHECK(proven->JudgeTime(kRecorded + std::chrono::days(15)).error().reason ==
        Reason::kDctExpired);
  const auto elsewhere =
      judge.Prove(Reference::Parse("registry.example.com/other:v1").value(),
                  RecordedData());
  CHECK(elsewhere.error().reason == Reason::kDctRootUnpinned);
  const dct::Judge other(
      *test::PinsOf("root_key_ids = \"" + std::string(64, 'a') + "\"").pins,
      {});
  CHECK(other.Prove(name, RecordedData()).error().reason ==
        Reason::kDctRootUnpinned);
}

TEST_CASE("every byte of what a real server has is held by something") {
  const auto name = Reference::Parse("registry.example.com/app:v1").value();
  const dct::Judge judge(
      *test::PinsOf("root_key_ids = \"d0d8aed977d1eff19c32c811b6bbb6e6406fc31"
                    "dfa14a2558045a2dbe21d3493\"")
           .pins,
      {});
  const auto data = RecordedData();
  for (const auto& [role, text] : data.by_role) {
    // What is around the timestamp's content is bound by no other document.
    const std::size_t end =
        role == "timestamp" ? text.find("\"signatures\"") : text.size();
    for (std::size_t at = 12; at < end - 3; at += 7) {
      CAPTURE(role, at);
      auto changed = data;
      changed.by_role[role][at] =
          static_cast<char>(changed.by_role[role][at] ^ 1);
      CHECK_FALSE(judge.Prove(name, changed));
    }
  }
}

}  // namespace
}  // namespace assay
