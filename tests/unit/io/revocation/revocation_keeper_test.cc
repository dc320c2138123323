#include "io/revocation/revocation_keeper.h"

#include <sys/stat.h>

#include <filesystem>

#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/document_server.h"
#include "tests/support/revoker.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::test;
using namespace assay::testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// An authority that publishes, and a keeper that asks it.
struct Desk {
  Desk() { Publish({}); }

  RevocationKeeper Keeper() {
    return RevocationKeeper({folder.path() + "/kept", [this] { return now; },
                             [this] { ++missed; }, [this] { ++changed; }});
  }

  void Publish(const ListSpec& spec, const std::string& path = "/list") {
    server.Set(path, {200, issuer.List(spec), {}});
  }

  RevocationPlace Place(const std::string& path = "/list") const {
    return {server.url() + path, issuer.certificate(), {}};
  }

  Result<RevocationDocument> Fetch(RevocationKeeper& keeper,
                                   const RevocationPlace& place) {
    return keeper.Fetch(place, std::chrono::steady_clock::now() + seconds(5));
  }

  bool Revokes(const Result<RevocationDocument>& document) const {
    REQUIRE(document);
    return !std::get<RevocationList>(*document)
                .Find(leaf.certificate())
                .empty();
  }

  std::string OnlyFile() const {
    std::string only;
    for (const auto& file :
         std::filesystem::directory_iterator(folder.path() + "/kept")) {
      CHECK(only.empty());
      only = file.path();
    }
    return only;
  }

  TempFolder folder;
  DocumentServer server;
  Party issuer = Party::Root(CertificateSpec::Authority("i", 1));
  Party leaf = issuer.Issue({});
  Time now = kRevokerNow;
  int missed = 0;
  int changed = 0;
};

const ListSpec kRevoking{.entries = {{.serial = 1000}}};

// Said that much later.
ListSpec Later(ListSpec spec, seconds by, seconds lasts = hours(24)) {
  spec.this_update += by;
  spec.next_update = spec.this_update + lasts;
  return spec;
}

Reason ReasonOf(const Result<RevocationDocument>& result) {
  return result ? Reason::kUnspecified : result.error().reason;
}

}  // namespace

TEST_CASE("what was fetched is kept for those who may not fetch") {
  Desk desk;
  auto first = desk.Keeper();
  CHECK(ReasonOf(first.Kept(desk.Place())) == Reason::kNotFound);
  CHECK(desk.missed == 1);
  CHECK_FALSE(desk.Revokes(desk.Fetch(first, desk.Place())));
  CHECK(desk.changed == 1);
  auto second = desk.Keeper();
  CHECK_FALSE(desk.Revokes(second.Kept(desk.Place())));
  CHECK(desk.missed == 1);
}

TEST_CASE("what does not hold is never kept") {
  Desk desk;
  auto keeper = desk.Keeper();
  const Party stranger = Party::Root(CertificateSpec::Authority("i", 2));
  const auto refused = [&](DocumentServer::Answer answer) {
    desk.server.Set("/other", std::move(answer));
    auto fresh = desk.Keeper();
    return ReasonOf(desk.Fetch(fresh, desk.Place("/other")));
  };
  CHECK(refused({200, stranger.List({}), {}}) == Reason::kRevocationInvalid);
  CHECK(refused({200, "<html>", {}}) == Reason::kRevocationMalformed);
  CHECK(refused({503, desk.issuer.List({}), {}}) == Reason::kRevocationUnknown);
  CHECK(refused({302, {}, "Location: /list"}) == Reason::kRevocationUnknown);
  CHECK(ReasonOf(keeper.Kept(desk.Place("/other"))) == Reason::kNotFound);
}

TEST_CASE("the services of the machine's own cloud are not asked") {
  Desk desk;
  auto keeper = desk.Keeper();
  const RevocationPlace place{
      "http://169.254.169.254/list", desk.issuer.certificate(), {}};
  const auto answer = desk.Fetch(keeper, place);
  REQUIRE(ReasonOf(answer) == Reason::kRevocationUnknown);
  CHECK(answer.error().detail.find("may lead to") != std::string::npos);
}

TEST_CASE("an address that failed is left alone for a moment") {
  Desk desk;
  auto keeper = desk.Keeper();
  desk.server.Set("/list", {404, {}, {}});
  CHECK(ReasonOf(desk.Fetch(keeper, desk.Place())) ==
        Reason::kRevocationUnknown);
  CHECK(desk.server.TakeAsked().size() == 1);
  CHECK(ReasonOf(desk.Fetch(keeper, desk.Place())) ==
        Reason::kRevocationUnknown);
  CHECK(desk.server.TakeAsked().empty());
  CHECK(keeper.Problems().size() == 1);
}

TEST_CASE("only another content is a change") {
  Desk desk;
  auto keeper = desk.Keeper();
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  CHECK(desk.changed == 1);
  desk.Publish(Later(kRevoking, minutes(5)));
  CHECK(desk.Revokes(desk.Fetch(keeper, desk.Place())));
  CHECK(desk.changed == 2);
  desk.Publish(Later({}, minutes(1)));
  CHECK(desk.Revokes(desk.Fetch(keeper, desk.Place())));
  CHECK(desk.changed == 2);
}

TEST_CASE("what another process keeps is seen, and takes nothing back") {
  Desk desk;
  auto keeper = desk.Keeper();
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  const auto old = ReadFile(desk.OnlyFile(), 1 << 20);
  REQUIRE(old);
  auto other = desk.Keeper();
  desk.Publish(Later(kRevoking, minutes(5)));
  REQUIRE(desk.Fetch(other, desk.Place()));
  const int before = desk.changed;
  CHECK(desk.Revokes(keeper.Kept(desk.Place())));
  CHECK(desk.changed == before + 1);
  REQUIRE(WriteFileAtomically(desk.OnlyFile(), *old, 0600));
  CHECK(desk.Revokes(keeper.Kept(desk.Place())));
  REQUIRE(WriteFileAtomically(desk.OnlyFile(), "bent", 0600));
  CHECK(desk.Revokes(keeper.Kept(desk.Place())));
  CHECK(desk.changed == before + 1);
}

TEST_CASE("who asks for what is overdue makes it be asked for") {
  Desk desk;
  auto keeper = desk.Keeper();
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  REQUIRE(keeper.Kept(desk.Place()));
  CHECK(desk.missed == 0);
  desk.now += hours(25);
  REQUIRE(keeper.Kept(desk.Place()));
  CHECK(desk.missed == 1);
}

TEST_CASE("what is kept is asked for anew before newer is due") {
  Desk desk;
  auto keeper = desk.Keeper();
  desk.Publish(Later({}, hours(1), minutes(30)));
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  desk.server.TakeAsked();
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().empty());
  desk.now += minutes(21);
  desk.Publish(Later({}, hours(1) + minutes(21)));
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().size() == 1);
  desk.now += minutes(30);
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().empty());
  CHECK(keeper.Refresh(true).empty());
  CHECK(desk.server.TakeAsked().size() == 1);
  desk.now += minutes(56);
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().size() == 1);
}

TEST_CASE("a clock that went back makes what is kept be asked for anew") {
  Desk desk;
  auto keeper = desk.Keeper();
  desk.now += hours(12);
  REQUIRE(desk.Fetch(keeper, desk.Place()));
  desk.server.TakeAsked();
  desk.now -= hours(12);
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().size() == 1);
}

TEST_CASE("a silent server is asked once a round, and told of once") {
  Desk desk;
  auto keeper = desk.Keeper();
  for (const char* path : {"/a", "/b", "/c"}) {
    desk.server.Set(path, {404, {}, {}});
    CHECK_FALSE(keeper.Kept(desk.Place(path)));
  }
  CHECK(keeper.Refresh(true).size() == 1);
  CHECK(desk.server.TakeAsked().size() == 1);
  CHECK(keeper.Refresh(true).empty());
}

TEST_CASE("a refresh asks for what an earlier process kept") {
  Desk desk;
  {
    auto before = desk.Keeper();
    REQUIRE(desk.Fetch(before, desk.Place()));
  }
  desk.server.TakeAsked();
  desk.now += hours(2);
  auto keeper = desk.Keeper();
  CHECK(keeper.Refresh(false).empty());
  CHECK(desk.server.TakeAsked().size() == 1);
  const std::string file = desk.OnlyFile();
  desk.now += hours(24 * 15);
  CHECK(keeper.Refresh(false).empty());
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(desk.server.TakeAsked().empty());
}

TEST_CASE("only what is no record is thrown away") {
  Desk desk;
  {
    auto before = desk.Keeper();
    REQUIRE(desk.Fetch(before, desk.Place()));
  }
  const std::string file = desk.OnlyFile();
  REQUIRE(::chmod(file.c_str(), 0666) == 0);
  auto keeper = desk.Keeper();
  (void)keeper.Refresh(false);
  CHECK(std::filesystem::exists(file));
  CHECK(ReasonOf(keeper.Kept(desk.Place())) == Reason::kFileUnsafe);
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK_FALSE(desk.Revokes(keeper.Kept(desk.Place())));
  REQUIRE(WriteFileAtomically(desk.folder.path() + "/kept/x.json", "bent"));
  (void)keeper.Refresh(false);
  CHECK(desk.OnlyFile() == file);
}
