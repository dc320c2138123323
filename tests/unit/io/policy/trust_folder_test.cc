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

TEST_CASE("a ..data that leads elsewhere is not followed") {
  Trust trust;
  trust.folder.Write("other/evil.pub", "evil");
  trust.folder.Write("secret/good.pub", "good");
  fs::create_directory_symlink("../other", trust.folder / "secret/..data");
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
