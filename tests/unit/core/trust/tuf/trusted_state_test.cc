// The steps by themselves; tests/integration/tuf drives them against mirrors.
#include "core/trust/tuf/trusted_state.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/tuf/canonical_json.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay::tuf {
namespace {

using test::TestKey;

constexpr auto kExpiry = "2030-01-01T00:00:00Z";

Json KeyAsJson(const TestKey& key) {
  return Json(Json::Object{
      {"keytype", Json(std::string("ecdsa"))},
      {"scheme", Json(std::string("ecdsa-sha2-nistp256"))},
      {"keyval", Json(Json::Object{{"public", Json(key.Pem())}})}});
}

Json RoleAsJson() {
  return Json(
      Json::Object{{"keyids", Json(Json::Array{Json(std::string("k"))})},
                   {"threshold", Json(std::int64_t{1})}});
}

Json::Object Head(const std::string& type, std::int64_t version) {
  return {{"_type", Json(type)},
          {"spec_version", Json(std::string("1.0"))},
          {"version", Json(version)},
          {"expires", Json(std::string(kExpiry))}};
}

// A document signed by `key`, whose id is "k".
std::string Signed(Json::Object content, const TestKey& key) {
  const Json body(std::move(content));
  const std::string signature = key.Sign({}, CanonicalJson(body).value());
  return Json(Json::Object{
                  {"signed", body},
                  {"signatures", Json(Json::Array{Json(Json::Object{
                                     {"keyid", Json(std::string("k"))},
                                     {"sig", Json(HexEncode(signature))}})})}})
      .Dump();
}

std::string RootText(std::int64_t version, const TestKey& key) {
  Json::Object content = Head("root", version);
  content.emplace("consistent_snapshot", Json(true));
  content.emplace("keys", Json(Json::Object{{"k", KeyAsJson(key)}}));
  Json::Object roles;
  for (const auto* role : {"root", "timestamp", "snapshot", "targets"}) {
    roles.emplace(role, RoleAsJson());
  }
  content.emplace("roles", Json(std::move(roles)));
  return Signed(std::move(content), key);
}

Json Meta(const std::string& name, std::int64_t version) {
  return Json(
      Json::Object{{name, Json(Json::Object{{"version", Json(version)}})}});
}

std::string TimestampText(std::int64_t version, std::int64_t snapshot,
                          const TestKey& key) {
  Json::Object content = Head("timestamp", version);
  content.emplace("meta", Meta("snapshot.json", snapshot));
  return Signed(std::move(content), key);
}

std::string SnapshotText(std::int64_t version, std::int64_t targets,
                         const TestKey& key) {
  Json::Object content = Head("snapshot", version);
  content.emplace("meta", Meta("targets.json", targets));
  return Signed(std::move(content), key);
}

const TestKey& Key() { return TestKey::Of(KeyKind::kEcdsaP256); }

TrustedState Pinned() { return TrustedState::Pin(RootText(1, Key())).value(); }

TEST_CASE("a root follows the one before, by a step of one") {
  const auto state = Pinned();
  CHECK(state.WithRoot(RootText(2, Key())).value().root().head.version == 2);
  for (const std::int64_t version :
       {std::int64_t{1}, std::int64_t{3}, INT64_MAX}) {
    const auto next = state.WithRoot(RootText(version, Key()));
    REQUIRE_FALSE(next);
    CHECK(next.error().reason == Reason::kTufRootVersion);
  }
  const auto foreign =
      state.WithRoot(RootText(2, TestKey::Make(KeyKind::kEcdsaP256)));
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().reason == Reason::kTufSignature);
}

TEST_CASE("nothing can be had before what names it") {
  const auto state = Pinned();
  CHECK(state.timestamp() == nullptr);
  CHECK(state.snapshot() == nullptr);
  CHECK(state.RoleInfo("targets") == nullptr);
  const auto snapshot = state.WithSnapshot(SnapshotText(1, 1, Key()));
  REQUIRE_FALSE(snapshot);
  CHECK(snapshot.error().reason == Reason::kTufMismatch);
  const auto targets = state.WithTargets({"targets", ""}, "{}");
  REQUIRE_FALSE(targets);
  CHECK(targets.error().reason == Reason::kTufTargetMissing);
}

TEST_CASE("an older snapshot does not stand for the one that is named") {
  const auto state = Pinned()
                         .WithTimestamp(TimestampText(1, 1, Key()))
                         .value()
                         .WithSnapshot(SnapshotText(1, 4, Key()))
                         .value();
  REQUIRE(state.snapshot() != nullptr);
  const auto later = state.WithTimestamp(TimestampText(2, 2, Key())).value();
  CHECK(later.snapshot() == nullptr);
  const auto back = later.WithSnapshot(SnapshotText(2, 3, Key()));
  REQUIRE_FALSE(back);
  CHECK(back.error().reason == Reason::kTufRollback);
  CHECK(later.WithSnapshot(SnapshotText(2, 4, Key())));
}

TEST_CASE("the same version again changes nothing, a lower one is refused") {
  const auto state = Pinned().WithTimestamp(TimestampText(5, 5, Key())).value();
  const auto same = state.WithTimestamp(TimestampText(5, 9, Key())).value();
  CHECK(same.timestamp_bytes() == state.timestamp_bytes());
  for (const auto& text :
       {TimestampText(4, 5, Key()), TimestampText(6, 4, Key())}) {
    const auto back = state.WithTimestamp(text);
    REQUIRE_FALSE(back);
    CHECK(back.error().reason == Reason::kTufRollback);
  }
}

TEST_CASE("a document expires with the second it names") {
  const auto state = Pinned().WithTimestamp(TimestampText(1, 1, Key())).value();
  const Time end = *ParseRfc3339(kExpiry);
  CHECK(state.JudgeTime(end - std::chrono::seconds(1)));
  const Status late = state.JudgeTime(end);
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::kTufExpired);
  CHECK_FALSE(state.JudgeRootTime(end));
}

TEST_CASE("a document over its cap is not read") {
  const auto state =
      Pinned().WithTimestamp(std::string(limits::kTufTimestampBytes + 1, ' '));
  REQUIRE_FALSE(state);
  CHECK(state.error().reason == Reason::kTufTooLarge);
}

}  // namespace
}  // namespace assay::tuf
