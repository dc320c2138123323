#include "io/policy/trust_folder.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
namespace fs = std::filesystem;

namespace {

struct Trust {
  testing::TempFolder folder;
  Result<std::vector<TrustFile>> Read(std::string_view name) {
    return TrustFolder(folder.path()).Read(name);
  }
  Reason Why(std::string_view name) {
    const auto read = Read(name);
    REQUIRE_FALSE(read);
    return read.error().reason;
  }
};

}  // namespace

TEST_CASE("a key file is read by its name in the folder, or absolute") {
  Trust trust;
  const std::string path = trust.folder.Write("a.pub", "key");
  const auto relative = trust.Read("a.pub");
  REQUIRE(relative);
  REQUIRE(relative->size() == 1);
  CHECK(relative->front().bytes == "key");
  CHECK(relative->front().path == path);
  CHECK(trust.Read(path).value().front().bytes == "key");
}

TEST_CASE("a folder may be given as seen from where we are") {
  Trust trust;
  trust.folder.Write("a.pub", "key");
  const std::string from_here = fs::relative(trust.folder.path()).string();
  REQUIRE_FALSE(from_here.starts_with('/'));
  CHECK(TrustFolder(from_here).Read("a.pub").value().front().bytes == "key");
}

TEST_CASE("what cannot be read says why") {
  Trust trust;
  CHECK(trust.Why("gone.pub") == Reason::kPolicyKeyUnreadable);
  fs::create_directory(trust.folder / "empty");
  CHECK(trust.Why("empty") == Reason::kPolicyKeyUnreadable);
  trust.folder.Write("big", std::string(limits::kKeyFileBytes + 1, 'x'));
  CHECK(trust.Why("big") == Reason::kFileTooLarge);
  REQUIRE(::mkfifo((trust.folder / "pipe").c_str(), 0600) == 0);
  CHECK(trust.Why("pipe") == Reason::kPolicyKeyUnreadable);
}

TEST_CASE("a key that others may write is no key") {
  Trust trust;
  for (const mode_t mode : {0646U, 0664U, 0666U}) {
    const std::string path = trust.folder.Write("a.pub", "key");
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(trust.Why("a.pub") == Reason::kFileUnsafe);
  }
}

TEST_CASE("a key in a folder that others may write is no key") {
  Trust trust;
  trust.folder.Write("open/a.pub", "key");
  const std::string open = trust.folder / "open";
  REQUIRE(::chmod(open.c_str(), 0775) == 0);
  CHECK(trust.Why("open/a.pub") == Reason::kFileUnsafe);
  CHECK(trust.Why("open") == Reason::kFileUnsafe);
  REQUIRE(::chmod(open.c_str(), 01777) == 0);  // as a Secret is mounted
  CHECK(trust.Read("open/a.pub"));
}

TEST_CASE("a folder yields its files in name order") {
  Trust trust;
  trust.folder.Write("keys/b.pub", "b");
  trust.folder.Write("keys/a.pub", "a");
  trust.folder.Write("keys/.hidden", "x");
  const auto read = trust.Read("keys");
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(read->at(0).bytes == "a");
  CHECK(read->at(1).bytes == "b");
}

// As kubelet lays out a Secret: files are links through ..data, which is
// switched by a rename.
TEST_CASE("a mounted Secret is read in one generation") {
  Trust trust;
  trust.folder.Write("secret/..2026_01/cosign.pub", "old");
  trust.folder.Write("secret/..2026_02/cosign.pub", "new");
  fs::create_directory_symlink("..2026_01", trust.folder / "secret/..data");
  fs::create_symlink("..data/cosign.pub", trust.folder / "secret/cosign.pub");
  const auto before = trust.Read("secret");
  REQUIRE(before);
  REQUIRE(before->size() == 1);
  CHECK(before->front().bytes == "old");
  fs::create_directory_symlink("..2026_02", trust.folder / "secret/next");
  fs::rename(trust.folder / "secret/next", trust.folder / "secret/..data");
  CHECK(trust.Read("secret").value().front().bytes == "new");
  CHECK(trust.Read("secret/cosign.pub").value().front().bytes == "new");
}

// A mounted volume with one generation after the other.
class Volume {
 public:
  Volume(const testing::TempFolder& folder, std::string name)
      : folder_(folder), name_(std::move(name)) {}

  void Write(const std::string& generation, const std::string& entry,
             const std::string& text) {
    folder_.Write(name_ + "/" + generation + "/" + entry, text);
    const std::string first = entry.substr(0, entry.find('/'));
    const std::string link = folder_ / (name_ + "/" + first);
    if (!fs::is_symlink(link)) fs::create_symlink("..data/" + first, link);
  }
  // As kubelet does: a link is renamed over the old one, and what was before
  // is removed.
  void Switch(const std::string& generation, const std::string& before = "") {
    const std::string next = folder_ / (name_ + "/..data_tmp");
    fs::create_directory_symlink(generation, next);
    fs::rename(next, folder_ / (name_ + "/..data"));
    if (!before.empty()) fs::remove_all(folder_ / (name_ + "/" + before));
  }

 private:
  const testing::TempFolder& folder_;
  std::string name_;
};

const std::string kPrivate =
    "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";

TEST_CASE("of a mounted Secret the entries count that are meant") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  volume.Write("..1", "cosign.key", kPrivate);
  volume.Write("..1", "cosign.password", "secret");
  volume.Write("..1", "release.pub", "R");
  volume.Write("..1", "next.pem", "N");
  volume.Write("..1", "notes", "n");
  volume.Switch("..1");
  const auto several = trust.Read("secret");
  REQUIRE(several);
  REQUIRE(several->size() == 2);
  CHECK(several->at(0).bytes == "N");
  CHECK(several->at(1).path == (trust.folder / "secret/release.pub"));
  const auto named = trust.Read("secret#notes");
  REQUIRE(named);
  CHECK(named->front().bytes == "n");
  volume.Write("..1", "cosign.pub", "C");
  CHECK(trust.Read("secret").value().size() == 1);
  CHECK(trust.Read("secret").value().front().bytes == "C");
  CHECK(trust.Why("secret#gone") == Reason::kPolicyKeyUnreadable);
  CHECK(trust.Why("secret#cosign.key") == Reason::kKeyUnsupported);
  CHECK(trust.Why("secret#../secret/cosign.pub") ==
        Reason::kPolicyKeyUnreadable);
}

TEST_CASE("a mounted Secret that holds only private keys is refused") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  volume.Write("..1", "cosign.key", kPrivate);
  volume.Switch("..1");
  CHECK(trust.Why("secret") == Reason::kKeyUnsupported);
  volume.Write("..1", "renamed.pem", kPrivate);
  CHECK(trust.Why("secret") == Reason::kKeyUnsupported);
}

// The pipe would hold up whoever opens it, or fail the folder.
TEST_CASE("a private key is not even opened") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  volume.Write("..1", "tls.crt", "C");
  REQUIRE(::mkfifo((trust.folder / "secret/..1/tls.key").c_str(), 0600) == 0);
  volume.Switch("..1");
  CHECK(trust.Read("secret").value().front().bytes == "C");
}

TEST_CASE("one reading of the policy sees one generation") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  for (const std::string entry : {"a.pub", "b.pub", "sub/c.pub"}) {
    volume.Write("..1", entry, "old");
    volume.Write("..2", entry, "new");
  }
  volume.Switch("..1");
  fs::create_symlink("secret/b.pub", trust.folder / "linked.pub");
  TrustFolder reading(trust.folder.path());
  CHECK(reading.Read("secret/a.pub").value().front().bytes == "old");
  volume.Switch("..2");
  for (const std::string name :
       {"secret/b.pub", "linked.pub", "secret/sub", "secret/sub/c.pub"}) {
    CHECK(reading.Read(name).value().front().bytes == "old");
    CHECK(trust.Read(name).value().front().bytes == "new");
  }
  CHECK(reading.Read("secret").value().front().bytes == "old");
}

TEST_CASE("a generation that is gone is not mixed with the next") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  for (const std::string generation : {"..1", "..2"}) {
    volume.Write(generation, "a.pub", generation);
    volume.Write(generation, "b.pub", generation);
  }
  volume.Switch("..1");
  TrustFolder reading(trust.folder.path());
  REQUIRE(reading.Read("secret/a.pub"));
  volume.Switch("..2", "..1");
  const auto late = reading.Read("secret/b.pub");
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::kPolicyKeyUnreadable);
  CHECK(trust.Read("secret/b.pub").value().front().bytes == "..2");
}

// Found while nothing was read yet: the first name is no entry of the first
// generation, which goes away meanwhile.
TEST_CASE("before anything was read the next generation is as good") {
  Trust trust;
  Volume volume(trust.folder, "secret");
  volume.Write("..1", "other.pub", "old");
  volume.Write("..2", "a.pub", "new");
  volume.Switch("..1");
  TrustFolder reading(trust.folder.path());
  REQUIRE_FALSE(reading.Read("secret/a.pub"));
  volume.Switch("..2", "..1");
  CHECK(reading.Read("secret/a.pub").value().front().bytes == "new");
}

TEST_CASE("what kubectl prints is read as the object it is") {
  Trust trust;
  trust.folder.Write("release.json",
                     R"({"apiVersion": "v1", "kind": "Secret", "data":
                         {"cosign.pub": "Qw==", "next.pub": "Tg=="}})");
  CHECK(trust.Read("release.json").value().front().bytes == "C");
  CHECK(trust.Read("release.json#next.pub").value().front().bytes == "N");
  CHECK(trust.Why("release.json#cosign.key") == Reason::kKeyUnsupported);
  trust.folder.Write("twice.json",
                     R"({"apiVersion": "v1", "kind": "Secret", "kind": "x"})");
  CHECK(trust.Why("twice.json") == Reason::kJsonDuplicate);
}

TEST_CASE("an entry is asked of what has entries") {
  Trust trust;
  trust.folder.Write("a.pub", "A");
  trust.folder.Write("keys/b.pub", "B");
  CHECK(trust.Why("a.pub#cosign.pub") == Reason::kPolicyKeyUnreadable);
  CHECK(trust.Why("a.pub#") == Reason::kPolicyMalformed);
  CHECK(trust.Why("#a.pub") == Reason::kPolicyMalformed);
  CHECK(trust.Read("keys#b.pub").value().front().bytes == "B");
  CHECK(trust.Why("keys#a.pub") == Reason::kPolicyKeyUnreadable);
}

TEST_CASE("a link into a folder that others may write is no key") {
  Trust trust;
  trust.folder.Write("open/a.pub", "key");
  REQUIRE(::chmod((trust.folder / "open").c_str(), 0775) == 0);
  trust.folder.Write("closed/x", "");
  fs::create_symlink("../open/a.pub", trust.folder / "closed/a.pub");
  CHECK(trust.Why("closed/a.pub") == Reason::kFileUnsafe);
}

TEST_CASE("links in circles end") {
  Trust trust;
  fs::create_symlink("b", trust.folder / "a");
  fs::create_symlink("a", trust.folder / "b");
  CHECK(trust.Why("a") == Reason::kPolicyKeyUnreadable);
  CHECK(trust.Why("a/k.pub") == Reason::kPolicyKeyUnreadable);
}

TEST_CASE("a ..data that leads elsewhere is not followed") {
  const std::string target = GENERATE("../other", "..", ".", "other");
  Trust trust;
  trust.folder.Write("other/evil.pub", "evil");
  trust.folder.Write("evil.pub", "evil");
  trust.folder.Write("secret/good.pub", "good");
  fs::create_directory_symlink(target, trust.folder / "secret/..data");
  const auto read = trust.Read("secret");
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  CHECK(read->front().bytes == "good");
}

TEST_CASE("plain files are read without following links") {
  Trust trust;
  const std::string store = trust.folder / "store";
  trust.folder.Write("store/b.pem", "two");
  trust.folder.Write("store/a.pem", "one");
  TrustFolder folder(trust.folder.path());
  CHECK(folder.KindOf("store") == TrustKind::kFolder);
  CHECK(folder.KindOf("store/a.pem") == TrustKind::kFile);
  CHECK(folder.KindOf(store + "/gone.pem") == TrustKind::kAbsent);
  const auto all = folder.ReadPlain("store");
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK(all->front().bytes == "one");
  CHECK(folder.ReadPlain("store/b.pem").value().front().bytes == "two");
  CHECK(folder.asked_folders() ==
        std::set<std::string>{trust.folder.path(), store});

  const auto why = [&](std::string_view name) {
    const auto read = folder.ReadPlain(name);
    REQUIRE_FALSE(read);
    return read.error().reason;
  };
  CHECK(why("gone") == Reason::kPolicyKeyUnreadable);
  fs::create_symlink(store, trust.folder / "link");
  CHECK(folder.KindOf("link") == TrustKind::kOther);
  CHECK(why("link") == Reason::kPolicyKeyUnreadable);
  fs::create_directory(trust.folder / "store/inner");
  CHECK(why("store") == Reason::kPolicyKeyUnreadable);
  fs::remove(trust.folder / "store/inner");
  fs::create_symlink(store + "/a.pem", trust.folder / "store/c.pem");
  CHECK(why("store") == Reason::kPolicyKeyUnreadable);
  CHECK(why("store/c.pem") == Reason::kPolicyKeyUnreadable);
  fs::remove(trust.folder / "store/c.pem");
  REQUIRE(::chmod((store + "/a.pem").c_str(), 0666) == 0);
  CHECK(why("store") == Reason::kFileUnsafe);
}

TEST_CASE("settings of other programs are the files of one ending") {
  Trust trust;
  const auto settings = [&] {
    return TrustFolder(trust.folder.path())
        .ReadSettings(trust.folder / "d", ".yaml");
  };
  CHECK(settings().value().empty());
  trust.folder.Write("d/b.yaml", "second");
  trust.folder.Write("d/a.yaml", "first");
  trust.folder.Write("d/c.yml", "no");
  trust.folder.Write("d/.d.yaml", "hidden");
  const auto read = settings();
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(read->at(0).bytes == "first");
  CHECK(read->at(1).bytes == "second");
  // What decides where evidence is looked for is root's, too.
  REQUIRE(::chmod((trust.folder / "d/a.yaml").c_str(), 0666) == 0);
  CHECK(settings().error().reason == Reason::kFileUnsafe);
  TrustFolder folder(trust.folder.path());
  REQUIRE(folder.ReadSettings(trust.folder / "none", ".yaml"));
  CHECK(folder.asked_folders().contains(trust.folder / "none"));
}

TEST_CASE("settings are watched where links lead, in closed folders") {
  Trust trust;
  trust.folder.Write("far/a.yaml", "A");
  trust.folder.Write("d/readme", "");
  fs::create_symlink("../far/a.yaml", trust.folder / "d/a.yaml");
  TrustFolder folder(trust.folder.path());
  const auto read = folder.ReadSettings(trust.folder / "d", ".yaml");
  REQUIRE(read);
  CHECK(read->front().bytes == "A");
  CHECK(folder.asked_folders() == std::set<std::string>{trust.folder.path(),
                                                        trust.folder / "d",
                                                        trust.folder / "far"});
  // Whoever may add a file decides, even where there is none.
  fs::create_directory(trust.folder / "open");
  REQUIRE(::chmod((trust.folder / "open").c_str(), 0777) == 0);
  const auto open = TrustFolder(trust.folder.path())
                        .ReadSettings(trust.folder / "open", ".yaml");
  REQUIRE_FALSE(open);
  CHECK(open.error().reason == Reason::kFileUnsafe);
}

TEST_CASE("settings of a volume bind all else to their generation") {
  Trust trust;
  Volume volume(trust.folder, "settings");
  volume.Write("..1", "a.yaml", "old");
  volume.Write("..2", "b.pub", "new");
  volume.Switch("..1");
  TrustFolder reading(trust.folder.path());
  REQUIRE(reading.ReadSettings(trust.folder / "settings", ".yaml")
              .value()
              .front()
              .bytes == "old");
  volume.Switch("..2", "..1");
  CHECK_FALSE(reading.Read("settings/b.pub"));
}
