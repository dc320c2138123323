// How what is known of a repository is renewed.
#include "core/schemes/dct/judge.h"

#include "tests/support/catch.h"
#include "tests/unit/core/schemes/dct/pinned.h"

namespace assay {
namespace {

using test::JudgeOf;
using test::kRevokerNow;
using test::NotaryDocuments;
using test::NotaryKey;
using test::NotaryRepository;

NotaryRepository Signed() {
  NotaryRepository made;
  made.images = {{"v1", "one"}};
  return made;
}

Result<TrustData> Renew(const dct::Judge& judge, const NotaryRepository& made,
                        const TrustData* kept = nullptr) {
  NotaryDocuments documents(made.Make());
  return judge.Renew(documents, made.reference(), kept, kRevokerNow);
}

Reason ReasonOf(const Result<TrustData>& data) {
  return data ? Reason::kSigned : data.error().reason;
}

TEST_CASE("what a server has is read in the order in which it is named") {
  auto made = Signed();
  made.delegations["targets/releases"] = {{{NotaryKey::Bare("releases")}}};
  made.delegations["targets/other"] = {{{NotaryKey::Bare("other")}}};
  NotaryDocuments documents(made.Make());
  const auto judge = JudgeOf(made);
  const auto data =
      judge.Renew(documents, made.reference(), nullptr, kRevokerNow);
  REQUIRE(data);
  CHECK(documents.asked == std::vector<std::string>{"root", "timestamp",
                                                    "snapshot", "targets",
                                                    "targets/releases"});
  CHECK(judge.ValidUntil(made.reference(), *data) ==
        kRevokerNow + std::chrono::hours(1000));
  documents.asked.clear();
  REQUIRE(judge.Renew(documents, made.reference(), &*data, kRevokerNow));
  CHECK(documents.asked == std::vector<std::string>{"root", "timestamp"});
}

TEST_CASE("a server that knows nothing of the repository has no signature") {
  NotaryDocuments nothing{TrustData()};
  const auto made = Signed();
  const auto data =
      JudgeOf(made).Renew(nothing, made.reference(), nullptr, kRevokerNow);
  CHECK(ReasonOf(data) == Reason::kNoSignature);
}

TEST_CASE("a server that has not all of it does not answer") {
  for (const auto* role : {"timestamp", "snapshot", "targets"}) {
    CAPTURE(role);
    const auto made = Signed();
    auto data = made.Make();
    data.by_role.erase(role);
    NotaryDocuments documents(std::move(data));
    CHECK(ReasonOf(JudgeOf(made).Renew(documents, made.reference(), nullptr,
                                       kRevokerNow)) ==
          Reason::kDctUnavailable);
  }
}

TEST_CASE("what is expired is not taken") {
  auto made = Signed();
  made.timestamp.expires = kRevokerNow;
  CHECK(ReasonOf(Renew(JudgeOf(made), made)) == Reason::kDctExpired);
}

TEST_CASE("a rotated root is traced back to the one that is pinned") {
  const auto first = Signed();
  const auto judge = JudgeOf(first);
  const auto second = first.Rotated();
  const auto third = second.Rotated();
  const auto data = Renew(judge, third);
  REQUIRE(data);
  CHECK(data->roots.size() == 3);
  CHECK(judge.Prove(third.reference(), *data)->root_version() == 3);
  // Who pins the newest needs none of the others.
  CHECK(Renew(JudgeOf(third), third)->roots.size() == 1);
}

TEST_CASE("a rotated root follows the one that is kept") {
  const auto first = Signed();
  const auto judge = JudgeOf(first);
  const auto kept = Renew(judge, first).value();
  auto second = first.Rotated();
  REQUIRE(Renew(judge, second, &kept)->roots.size() == 2);
  second.root.signers = {second.root.keys.front()};
  CHECK(ReasonOf(Renew(judge, second, &kept)) == Reason::kDctRootRotation);
}

TEST_CASE("nothing older than what is kept is taken") {
  const auto judge = [](const auto& made) { return JudgeOf(made); };
  auto made = Signed();
  made.timestamp.version = made.snapshot.version = made.targets.version = 2;
  const auto kept = Renew(judge(made), made).value();
  auto older = made;
  older.targets.version = 1;
  CHECK(ReasonOf(Renew(judge(made), older, &kept)) == Reason::kDctRollback);
  const auto rotated = made.Rotated();
  const auto kept_rotated = Renew(judge(made), rotated, &kept).value();
  CHECK(ReasonOf(Renew(judge(made), made, &kept_rotated)) ==
        Reason::kDctRollback);
}

TEST_CASE("another root of the version that was seen is not taken") {
  const auto first = Signed();
  const auto judge = JudgeOf(first);
  const auto kept = Renew(judge, first.Rotated()).value();
  // Signed by the same keys of the first: only what was seen tells them apart.
  CHECK(ReasonOf(Renew(judge, first.Rotated())) == Reason::kSigned);
  CHECK(ReasonOf(Renew(judge, first.Rotated(), &kept)) == Reason::kDctRollback);
}

TEST_CASE("one more key does not let older targets in") {
  auto made = Signed();
  made.timestamp.version = made.snapshot.version = made.targets.version = 2;
  const auto judge = JudgeOf(made);
  const auto kept = Renew(judge, made).value();
  auto more = made.Rotated();
  more.targets.keys.push_back(NotaryKey::Bare("another"));
  more.targets.version = 1;
  CHECK(ReasonOf(Renew(judge, more, &kept)) == Reason::kDctRollback);
}

TEST_CASE("what is kept and does not hold lets nothing take its place") {
  const auto made = Signed();
  auto kept = made.Make();
  kept.by_role["targets"] += " ";
  CHECK(ReasonOf(Renew(JudgeOf(made), made, &kept)) == Reason::kDctUnavailable);
  CHECK(JudgeOf(made).ValidUntil(made.reference(), kept) == std::nullopt);
}

TEST_CASE("judges of one name believe the same") {
  const auto made = Signed();
  const auto other = Signed();
  CHECK(JudgeOf(made).name() == JudgeOf(made).name());
  CHECK(JudgeOf(made).name() != JudgeOf(other).name());
  CHECK(JudgeOf(made).name() != JudgeOf(made, {"targets/alice"}).name());
}

}  // namespace
}  // namespace assay
