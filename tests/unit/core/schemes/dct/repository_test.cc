#include "core/schemes/dct/repository.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/dct/pinned.h"

namespace assay {
namespace {

using dct::Repository;
using test::JudgeOf;
using test::kRevokerNow;
using test::NotaryDelegation;
using test::NotaryKey;
using test::NotaryRepository;
using test::NotaryRole;
using test::PinsOf;
using test::Proven;

Repository Prove(const NotaryRepository& made,
                 const std::set<std::string>& signers = {}) {
  return JudgeOf(made, signers).Prove(made.reference(), made.Make()).value();
}

NotaryRepository Signed() {
  NotaryRepository made;
  made.images = {{"v1", "one"}, {"v2", "two"}};
  return made;
}

NotaryDelegation Delegated(std::map<std::string, std::string> images) {
  NotaryDelegation delegation{{{NotaryKey::Bare("delegate")}}};
  delegation.images = std::move(images);
  return delegation;
}

NotaryRole* RoleOf(NotaryRepository& made, const std::string& role) {
  if (role == "root") return &made.root;
  if (role == "timestamp") return &made.timestamp;
  if (role == "snapshot") return &made.snapshot;
  if (role == "targets") return &made.targets;
  return &made.delegations[role].role;
}

TEST_CASE("a pinned root proves what each tag stands for") {
  const auto made = Signed();
  const Repository proven = Prove(made);
  REQUIRE(proven.FindTag("v1") != nullptr);
  CHECK(proven.FindTag("v1")->sha256 == Digest::Of("one"));
  CHECK(proven.FindTag("v1")->length == 3);
  CHECK(proven.FindTag("v3") == nullptr);
  CHECK(proven.FindImage(Digest::Of("two")) != nullptr);
  CHECK(proven.FindImage(Digest::Of("three")) == nullptr);
  CHECK(proven.JudgeTime(kRevokerNow));
  CHECK(proven.identity() == Digest::Of(made.root.keys.front().Spki()));
}

TEST_CASE("no role's document is believed that its keys did not sign") {
  for (const auto* role :
       {"root", "timestamp", "snapshot", "targets", "targets/releases"}) {
    CAPTURE(role);
    auto made = Signed();
    made.delegations["targets/releases"] = Delegated({});
    REQUIRE(Proven(made) == Reason::kSigned);
    const bool root = role == std::string("root");
    RoleOf(made, role)->signers = {NotaryKey::Bare("stranger")};
    CHECK(Proven(made) ==
          (root ? Reason::kDctRootUnpinned : Reason::kDctSignature));
  }
}

// Signed again by the right keys where it says so, so that only the hash that
// the other document has is wrong.
TEST_CASE("a document is the one that another one names") {
  for (const auto* role : {"snapshot", "targets", "targets/releases"}) {
    CAPTURE(role);
    auto made = Signed();
    made.delegations["targets/releases"] = Delegated({});
    auto data = made.Make();
    data.by_role[role] += " ";
    const auto longer = JudgeOf(made).Prove(made.reference(), data);
    REQUIRE_FALSE(longer);
    CHECK(longer.error().reason == Reason::kDctMismatch);
    RoleOf(made, role)->expires += std::chrono::hours(1);
    data = made.Make();
    RoleOf(made, role)->expires += std::chrono::hours(1);
    const auto same_length = made.Make();
    data.by_role[role] = same_length.by_role.at(role);
    const auto other = JudgeOf(made).Prove(made.reference(), data);
    REQUIRE_FALSE(other);
    CHECK(other.error().reason == Reason::kDctMismatch);
  }
}

TEST_CASE("the snapshot names the root, too") {
  auto made = Signed();
  auto data = made.Make();
  made.root.expires += std::chrono::hours(1);
  data.roots = {made.Root()};
  const auto proven = JudgeOf(made).Prove(made.reference(), data);
  REQUIRE_FALSE(proven);
  CHECK(proven.error().reason == Reason::kDctMismatch);
}

TEST_CASE("every document that counts expires") {
  for (const auto* role :
       {"root", "timestamp", "snapshot", "targets", "targets/releases"}) {
    CAPTURE(role);
    auto made = Signed();
    made.delegations["targets/releases"] = Delegated({});
    RoleOf(made, role)->expires = kRevokerNow + std::chrono::seconds(1);
    const Repository proven = Prove(made);
    CHECK(proven.JudgeTime(kRevokerNow));
    CHECK(proven.ValidUntil() == kRevokerNow + std::chrono::seconds(1));
    const auto later = proven.JudgeTime(proven.ValidUntil());
    REQUIRE_FALSE(later);
    CHECK(later.error().reason == Reason::kDctExpired);
  }
}

TEST_CASE("the certificate of the root's key expires") {
  auto made = Signed();
  test::CertificateSpec spec;
  spec.name = made.name;
  spec.end = kRevokerNow - std::chrono::hours(1);
  made.root.keys = {{test::Party::Root(spec), true}};
  const auto judged = Prove(made).JudgeTime(kRevokerNow);
  REQUIRE_FALSE(judged);
  CHECK(judged.error().reason == Reason::kDctExpired);
}

TEST_CASE("a root's key is for one repository") {
  struct Case {
    const char* name;
    Reason reason;
  };
  const auto one = GENERATE(
      Case{"registry.example.com/payments/api", Reason::kSigned},
      Case{"registry.example.com/payments/*", Reason::kSigned},
      Case{"registry.example.com/payments/ap", Reason::kDctRootUnpinned},
      Case{"registry.example.com/payments/", Reason::kDctRootUnpinned},
      Case{"registry.example.com/other/api", Reason::kDctRootUnpinned},
      Case{"*", Reason::kDctRootUnpinned});
  CAPTURE(one.name);
  auto made = Signed();
  made.root.keys = {NotaryKey::ForRoot(one.name)};
  CHECK(Proven(made) == one.reason);
}

TEST_CASE(
    "a root's key stands in a leaf's certificate, or counts for nothing") {
  auto made = Signed();
  made.root.keys = {NotaryKey::Bare(made.name)};
  CHECK(Proven(made) == Reason::kDctRootUnpinned);
  made.root.keys = {
      {test::Party::Root(test::CertificateSpec::Authority(made.name, 1)),
       true}};
  CHECK(Proven(made) == Reason::kDctRootUnpinned);
  auto two = NotaryKey::ForRoot(made.name);
  two.above = NotaryKey::ForRoot(made.name).party.Pem();
  made.root.keys = {two};
  CHECK(Proven(made) == Reason::kDctRootUnpinned);
}

TEST_CASE("one key counts once, however many certificates and signatures") {
  auto made = Signed();
  const NotaryKey key = NotaryKey::ForRoot(made.name);
  NotaryKey again = key;
  again.above =
      test::Party::Root(test::CertificateSpec::Authority("ca", 1)).Pem();
  REQUIRE(again.Id() != key.Id());
  made.root.keys = {key, again};
  made.root.threshold = 2;
  const auto judge = dct::Judge(
      *PinsOf("root_key_ids = [\"" + key.Id() + "\", \"" + again.Id() + "\"]")
           .pins,
      {});
  auto proven = judge.Prove(made.reference(), made.Make());
  REQUIRE_FALSE(proven);
  CHECK(proven.error().reason == Reason::kDctRootUnpinned);

  made = Signed();
  made.targets.threshold = 2;
  made.targets.signers = {made.targets.keys.front(), made.targets.keys.front()};
  CHECK(Proven(made) == Reason::kDctSignature);
  NotaryKey wrapped = made.targets.keys.front();
  wrapped.in_certificate = true;
  made.targets.keys.push_back(wrapped);
  made.targets.signers.clear();
  CHECK(Proven(made) == Reason::kDctSignature);
  made.targets.keys.back() = NotaryKey::Bare("second");
  CHECK(Proven(made) == Reason::kSigned);
}

TEST_CASE("a threshold must be reached by pinned keys alone") {
  auto made = Signed();
  made.root.keys.push_back(NotaryKey::ForRoot(made.name));
  made.root.threshold = 2;
  CHECK(Proven(made) == Reason::kDctRootUnpinned);
}

TEST_CASE("a root follows another by the keys of both") {
  const auto first = Signed();
  auto made = first.Rotated();
  const auto prove = [&] {
    const auto proven = JudgeOf(first).Prove(made.reference(), made.Make());
    return proven ? Reason::kSigned : proven.error().reason;
  };
  REQUIRE(prove() == Reason::kSigned);
  const NotaryKey before = first.root.keys.front();
  const NotaryKey after = made.root.keys.front();
  made.root.signers = {after};
  CHECK(prove() == Reason::kDctRootRotation);
  made.root.signers = {before};
  CHECK(prove() == Reason::kDctRootRotation);
  made.root.signers = {before, after};
  made.root.version = 3;
  CHECK(prove() == Reason::kDctRootRotation);
  made.root.version = 1;
  CHECK(prove() == Reason::kDctRootRotation);
  made.root.version = 2;
  made.older_roots.clear();
  CHECK(prove() == Reason::kDctRootUnpinned);
}

TEST_CASE("docker's releases come before the targets, other roles count not") {
  auto made = Signed();
  made.delegations["targets/releases"] = Delegated({{"v1", "newer"}});
  made.delegations["targets/alice"] = Delegated({{"v9", "nine"}});
  const Repository proven = Prove(made);
  CHECK(proven.FindTag("v1")->sha256 == Digest::Of("newer"));
  CHECK(proven.FindTag("v2")->sha256 == Digest::Of("two"));
  CHECK(proven.FindTag("v9") == nullptr);
  CHECK(proven.FindImage(Digest::Of("newer")) != nullptr);
  // What a tag no longer stands for, it does not by its digest either.
  CHECK(proven.FindImage(Digest::Of("one")) == nullptr);
  CHECK(proven.FindImage(Digest::Of("nine")) == nullptr);
}

TEST_CASE("a role says nothing about what is outside its paths") {
  auto made = Signed();
  made.delegations["targets/releases"] =
      Delegated({{"v1", "newer"}, {"w1", "other"}});
  made.delegations["targets/releases"].paths = {"v"};
  const Repository proven = Prove(made);
  CHECK(proven.FindTag("v1")->sha256 == Digest::Of("newer"));
  CHECK(proven.FindTag("w1") == nullptr);
  CHECK(proven.FindImage(Digest::Of("other")) == nullptr);
  made.delegations["targets/releases"].paths = {};
  CHECK(Prove(made).FindTag("v1")->sha256 == Digest::Of("one"));
}

TEST_CASE("each signer that is asked for vouches for that very image") {
  const std::set<std::string> signers = {"targets/alice"};
  auto made = Signed();
  CHECK(Proven(made, signers) == Reason::kDctSignerMissing);
  made.delegations["targets/alice"] = Delegated({{"v1", "one"}});
  const auto check = [&](const std::optional<std::string>& tag) {
    const Repository proven = Prove(made, signers);
    const auto vouches =
        proven.CheckSigner("targets/alice", tag, *proven.FindTag("v1"));
    return vouches ? Reason::kSigned : vouches.error().reason;
  };
  CHECK(check("v1") == Reason::kSigned);
  CHECK(check(std::nullopt) == Reason::kSigned);
  CHECK(check("v2") == Reason::kDctSignerMissing);
  made.delegations["targets/alice"].images = {{"v1", "another"}};
  CHECK(check("v1") == Reason::kDctSignerMissing);
  made.delegations["targets/alice"].images = {{"w", "one"}};
  made.delegations["targets/alice"].paths = {"v"};
  CHECK(check(std::nullopt) == Reason::kDctSignerMissing);
  made.delegations["targets/alice"].published = false;
  CHECK(Proven(made, signers) == Reason::kDctSignerMissing);
}

TEST_CASE("nothing goes back while the same keys answer for it") {
  for (const auto* role :
       {"root", "timestamp", "snapshot", "targets", "targets/releases"}) {
    CAPTURE(role);
    auto made = Signed();
    made.delegations["targets/releases"] = Delegated({});
    RoleOf(made, role)->version = 5;
    const Repository before = Prove(made);
    CHECK(Prove(made).CheckNotOlder(before));
    RoleOf(made, role)->version = 4;
    const auto older = Prove(made).CheckNotOlder(before);
    REQUIRE_FALSE(older);
    CHECK(older.error().reason == Reason::kDctRollback);
    if (role == std::string("root")) continue;
    RoleOf(made, role)->keys = {NotaryKey::Bare("new")};
    CHECK(Prove(made).CheckNotOlder(before));
  }
}

TEST_CASE("a role that is still delegated to does not disappear") {
  auto made = Signed();
  made.delegations["targets/releases"] = Delegated({});
  const Repository before = Prove(made);
  made.delegations["targets/releases"].published = false;
  const auto gone = Prove(made).CheckNotOlder(before);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().reason == Reason::kDctRollback);
  made.delegations.clear();
  CHECK(Prove(made).CheckNotOlder(before));
}

TEST_CASE("names of roles are held to their grammar") {
  for (const auto* good : {"targets/releases", "targets/a-b_9"}) {
    CHECK(dct::IsDelegation(good));
  }
  const std::vector<std::string> bad_names = {
      "targets",        "targets/",  "targets/../root",
      "targets/a/b",    "targets/A", "targets//a",
      "targets/a.json", "root",      "targets/a b",
      "/targets/a",     ""};
  for (const std::string& bad : bad_names) {
    CAPTURE(bad);
    CHECK_FALSE(dct::IsDelegation(bad));
    if (bad.empty()) continue;
    auto made = Signed();
    made.delegations[bad] = Delegated({});
    made.delegations[bad].published = false;
    CHECK(Proven(made) == Reason::kDctMalformed);
  }
  CHECK_FALSE(dct::IsDelegation("targets/" + std::string(250, 'a')));
}

TEST_CASE("documents are of their own kind, and say when they end") {
  struct Case {
    const char* key;
    Json value;
  };
  const std::vector<Case> cases = {
      {"_type", Json(std::string("targets"))},
      {"_type", Json(std::string("Root"))},
      {"version", Json(std::int64_t{0})},
      {"version", Json(Json::Number{"1.5"})},
      {"expires", Json(std::string("never"))},
      {"expires", Json()},
      {"targets", Json()},
      {"targets", Json(Json::Object{{"v1", Json(Json::Object{})}})},
  };
  for (const Case& one : cases) {
    CAPTURE(one.key, one.value.Dump());
    auto made = Signed();
    made.edit = [&](std::string_view role, Json::Object& content) {
      if (role == "targets") content.insert_or_assign(one.key, one.value);
    };
    if (one.value.AsNumber() != nullptr) continue;
    CHECK(Proven(made) == Reason::kDctMalformed);
  }
}

}  // namespace
}  // namespace assay
