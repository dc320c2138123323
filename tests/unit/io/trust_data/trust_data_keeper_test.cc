#include "io/trust_data/trust_data_keeper.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/document_server.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/core/schemes/dct/pinned.h"

using namespace assay;
using namespace assay::test;
using namespace assay::testing;
using std::chrono::seconds;

namespace {

Deadline Later() { return std::chrono::steady_clock::now() + seconds(5); }

// While it lives no file can be written.
class FullDisk {
 public:
  FullDisk() {
    old_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_) == 0);
    const rlimit none{0, old_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  sighandler_t old_handler_ = SIG_DFL;
};

// A server that has what was published last, and a keeper that asks it.
struct Desk {
  Desk() {
    made.images = {{"v1", "one"}};
    Publish(made);
  }

  std::string Path(const std::string& name) const {
    return "/v2/" + made.name + "/_trust/tuf/" + name;
  }

  void Publish(const NotaryRepository& what) {
    const TrustData data = what.Make();
    server.Set(Path("root.json"), {200, data.roots.back()});
    for (std::size_t i = 0; i < data.roots.size(); ++i) {
      server.Set(Path(std::to_string(i + 1) + ".root.json"),
                 {200, data.roots[i]});
    }
    for (const auto& [role, text] : data.by_role) {
      const std::string exact = role + "." + Digest::Of(text).hex();
      server.Set(Path((role == "timestamp" ? role : exact) + ".json"),
                 {200, text});
    }
  }

  TrustDataKeeper Keeper() {
    return TrustDataKeeper(registry, {folder / "kept", [this] { return now; },
                                      [this] { ++changed; }});
  }

  TrustDataPlace Place(const std::string& at) const {
    return {at, made.reference(), false,
            std::make_shared<const dct::Judge>(JudgeOf(made))};
  }
  TrustDataPlace Place() const { return Place(server.url()); }

  // By a keeper that remembers no failure.
  Result<TrustData> Fetch() {
    auto keeper = Keeper();
    return keeper.Fetch(Place(), std::chrono::steady_clock::now() + seconds(5));
  }

  TempFolder folder;
  DocumentServer server;
  RegistryClient registry{RegistryOptions{}};
  NotaryRepository made;
  Time now = kRevokerNow;
  int changed = 0;
};

Reason ReasonOf(const Result<TrustData>& data) {
  return data ? Reason::kSigned : data.error().reason;
}

TEST_CASE_METHOD(Desk, "what was fetched is kept for those who come later") {
  auto keeper = Keeper();
  CHECK(ReasonOf(keeper.Kept(Place())) == Reason::kNotFound);
  const auto fetched = Fetch();
  REQUIRE(fetched);
  const auto kept = keeper.Kept(Place());
  REQUIRE(kept);
  CHECK(kept->by_role == fetched->by_role);
  CHECK(kept->roots == fetched->roots);
  CHECK(changed == 0);
  // Nobody else's, be it another server, repository or pin.
  CHECK(ReasonOf(keeper.Kept(Place("https://notary.example.com"))) ==
        Reason::kNotFound);
  NotaryRepository other;
  auto place = Place();
  place.judge = std::make_shared<const dct::Judge>(JudgeOf(other));
  CHECK(ReasonOf(keeper.Kept(place)) == Reason::kNotFound);
}

TEST_CASE_METHOD(Desk, "nothing older takes the place of what is kept") {
  made.targets.version = made.snapshot.version = made.timestamp.version = 2;
  Publish(made);
  REQUIRE(Fetch());
  auto older = made;
  older.targets.version = older.snapshot.version = 1;
  older.timestamp.version = 1;
  Publish(older);
  CHECK(ReasonOf(Fetch()) == Reason::kDctRollback);
  auto keeper = Keeper();
  CHECK(JudgeOf(made).Prove(made.reference(), keeper.Kept(Place()).value()));
  made.images = {{"v1", "two"}};
  made.targets.version = made.snapshot.version = made.timestamp.version = 3;
  Publish(made);
  CHECK(keeper.Fetch(Place(), Later()));
  CHECK(changed == 1);
  CHECK(keeper.Fetch(Place(), Later()));
  CHECK(changed == 1);
}

TEST_CASE_METHOD(Desk, "a rotated root is followed, and kept with its chain") {
  REQUIRE(Fetch());
  Publish(made.Rotated());
  REQUIRE(Fetch());
  auto keeper = Keeper();
  CHECK(keeper.Kept(Place())->roots.size() == 2);
}

TEST_CASE_METHOD(Desk, "a server without the repository has no signature") {
  for (const auto* name : {"root.json", "timestamp.json"}) {
    server.Set(Path(name), {404, "{}"});
  }
  CHECK(ReasonOf(Fetch()) == Reason::kNoSignature);
}

TEST_CASE_METHOD(Desk, "a server that does not answer tells nothing") {
  server.Set(Path("root.json"), {403, "{}"});
  CHECK(ReasonOf(Fetch()) == Reason::kDctUnavailable);
  auto keeper = Keeper();
  CHECK(ReasonOf(keeper.Fetch(Place("http://127.0.0.1:1"),
                              std::chrono::steady_clock::now() + seconds(5))) ==
        Reason::kDctUnavailable);
}

TEST_CASE_METHOD(Desk, "who was refused a moment ago does not ask again") {
  auto keeper = Keeper();
  const auto fetch = [&] {
    return keeper.Fetch(Place(), std::chrono::steady_clock::now() + seconds(5));
  };
  server.Set(Path("root.json"), {403, "{}"});
  CHECK(ReasonOf(fetch()) == Reason::kDctUnavailable);
  server.TakeAsked();
  CHECK(ReasonOf(fetch()) == Reason::kDctUnavailable);
  CHECK(server.TakeAsked().empty());
  CHECK(keeper.Problems().size() == 1);
  // The background does, and says what is wrong once.
  CHECK(keeper.Refresh(false).size() == 1);
  CHECK(keeper.Refresh(false).empty());
  Publish(made);
  CHECK(keeper.Refresh(false).empty());
  CHECK(keeper.Problems().empty());
  CHECK(keeper.Kept(Place()));
  server.TakeAsked();
  // It is fresh then, until somebody wants all of it anew.
  keeper.Refresh(false);
  CHECK(server.TakeAsked().empty());
  keeper.Refresh(true);
  CHECK_FALSE(server.TakeAsked().empty());
}

TEST_CASE_METHOD(Desk, "what nobody asked for in two weeks is let go") {
  auto keeper = Keeper();
  (void)keeper.Kept(Place());
  now += std::chrono::days(15);
  keeper.Refresh(true);
  CHECK(server.TakeAsked().empty());
}

TEST_CASE_METHOD(Desk, "what is kept is root's own, or nothing") {
  REQUIRE(Fetch());
  const std::string file =
      std::filesystem::directory_iterator(folder / "kept")->path();
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600);
  auto keeper = Keeper();
  ::chmod(file.c_str(), 0666);
  CHECK(ReasonOf(keeper.Kept(Place())) == Reason::kFileUnsafe);
  ::chmod(file.c_str(), 0600);
  for (const auto* bad : {"", "{}", "{\"version\":2}",
                          "{\"version\":1,\"repository\":\"other\"}"}) {
    REQUIRE(WriteFileAtomically(file, bad, 0600));
    CHECK(ReasonOf(keeper.Kept(Place())) == Reason::kDctMalformed);
    // Nor does what a server has take the place of what cannot be read.
    CHECK(ReasonOf(Fetch()) == Reason::kDctUnavailable);
    CHECK(ReadFile(file, 100).value() == bad);
  }
}

TEST_CASE_METHOD(Desk, "what cannot be written is remembered all the same") {
  REQUIRE(Fetch());
  auto keeper = Keeper();
  made.images = {{"v2", "two"}};
  made.targets.version = made.snapshot.version = made.timestamp.version = 2;
  Publish(made);
  {
    const FullDisk full;
    REQUIRE(keeper.Fetch(Place(), Later()));
  }
  const auto has_new_tag = [&](const Result<TrustData>& data) {
    return JudgeOf(made).Prove(made.reference(), data.value())->FindTag("v2") !=
           nullptr;
  };
  CHECK_FALSE(has_new_tag(Keeper().Kept(Place())));
  CHECK(has_new_tag(keeper.Kept(Place())));
  keeper.Refresh(true);
  CHECK(has_new_tag(Keeper().Kept(Place())));
}

TEST_CASE_METHOD(Desk, "what another program kept is noticed") {
  auto keeper = Keeper();
  REQUIRE(keeper.Fetch(Place(), Later()));
  made.images = {{"v1", "two"}};
  made.targets.version = made.snapshot.version = made.timestamp.version = 2;
  Publish(made);
  REQUIRE(Fetch());
  changed = 0;
  REQUIRE(keeper.Kept(Place()));
  CHECK(changed == 1);
  REQUIRE(keeper.Kept(Place()));
  CHECK(changed == 1);
}

TEST_CASE_METHOD(Desk, "a folder is read as clients keep it, whenever asked") {
  const auto write = [&](const NotaryRepository& what) {
    const auto data = what.Make();
    const std::string path = "tree/" + made.name + "/metadata/";
    folder.Write(path + "root.json", data.roots.back());
    for (const auto& [role, text] : data.by_role) {
      folder.Write(path + role + ".json", text);
    }
  };
  auto place = Place(folder / "tree");
  CHECK(ReasonOf(Keeper().Kept(place)) == Reason::kDctUnavailable);
  std::filesystem::create_directories(folder / "tree");
  CHECK(ReasonOf(Keeper().Kept(place)) == Reason::kNoSignature);
  made.timestamp.version = made.snapshot.version = 2;
  write(made);
  CHECK(Keeper().Kept(place));
  // It keeps what it saw there.
  auto older = made;
  older.timestamp.version = older.snapshot.version = 1;
  older.images = {{"v1", "old"}};
  write(older);
  const auto kept = Keeper().Kept(place);
  REQUIRE(kept);
  CHECK(JudgeOf(made).Prove(made.reference(), *kept)->FindTag("v1")->sha256 ==
        Digest::Of("one"));
  CHECK(ReasonOf(Keeper().Fetch(
            place, std::chrono::steady_clock::now() + seconds(5))) ==
        Reason::kDctRollback);
}

TEST_CASE_METHOD(Desk, "a token is asked for by the repository's whole name") {
  server.Set(Path("root.json"),
             {401, "{}",
              "WWW-Authenticate: Bearer realm=\"" + server.url() +
                  "/token\",service=\"notary\""});
  CHECK(ReasonOf(Fetch()) == Reason::kDctUnavailable);
  const auto asked = server.TakeAsked();
  const std::string token =
      "/token?service=notary&scope=repository%3Aregistry.example.com%2F"
      "payments%2Fapi%3Apull";
  CHECK(std::find(asked.begin(), asked.end(), token) != asked.end());
}

}  // namespace
