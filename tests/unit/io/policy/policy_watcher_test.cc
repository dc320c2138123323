#include "io/policy/policy_watcher.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "io/policy/policy_holder.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// Counts calls and waits for the next one.
class Calls {
 public:
  void Add() {
    const std::scoped_lock lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  int Count() {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  // Generous, for machines under load; returns whether there was one.
  bool WaitBeyond(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return count_ > count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("a changed file is in force soon") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  const Digest before = holder.Current()->fingerprint();
  Calls calls;
  PolicyWatcher watcher(root.paths(), [&] {
    holder.Reload();
    calls.Add();
  });
  watcher.Start();
  root.WritePolicy("10.toml", "version = 1\n");
  REQUIRE(calls.WaitBeyond(0));
  CHECK(holder.Current()->fingerprint() != before);
}

TEST_CASE("a replaced key and a switched Secret are noticed") {
  PolicyRoot root;
  root.WritePolicy("10.toml", "version = 1");
  root.folder.Write("etc/assay/trust/secret/..1/k.pub", root.pem);
  root.folder.Write("etc/assay/trust/secret/..2/k.pub", root.pem);
  const std::string secret = root.paths().TrustDir() + "/secret";
  fs::create_directory_symlink("..1", secret + "/..data");
  Calls calls;
  PolicyWatcher watcher(root.paths(), [&] { calls.Add(); });
  watcher.Start();
  fs::create_directory_symlink("..2", secret + "/next");
  fs::rename(secret + "/next", secret + "/..data");
  REQUIRE(calls.WaitBeyond(0));
  const int count = calls.Count();
  root.folder.Write("etc/assay/trust/cosign.pub", "another");
  CHECK(calls.WaitBeyond(count));
}

TEST_CASE("a key that lies elsewhere is noticed when it is taken away") {
  const bool linked = GENERATE(true, false);
  PolicyRoot root;
  const std::string key = root.folder.Write("elsewhere/k.pub", root.pem);
  std::string name = key;
  if (linked) {
    name = "linked.pub";
    fs::create_directories(root.paths().TrustDir());
    fs::create_symlink(key, root.paths().TrustDir() + "/" + name);
  }
  root.WritePolicy("10.toml",
                   "version = 1\n[signers.a]\ntype = \"sigstore-key\"\n"
                   "keys = [\"" +
                       name + "\"]\n");
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  Calls calls;
  PolicyWatcher watcher(
      root.paths(),
      [&] {
        holder.Reload();
        calls.Add();
      },
      [&] { return holder.TrustFolders(); });
  watcher.Start();
  fs::remove(key);
  REQUIRE(calls.WaitBeyond(0));
  REQUIRE_FALSE(holder.LastDiagnostics().empty());
  CHECK(holder.LastDiagnostics().front().reason ==
        Reason::kPolicyKeyUnreadable);
}

TEST_CASE("a folder that comes later is noticed with what is in it") {
  PolicyRoot root;
  PolicyHolder holder(root.paths());
  Calls calls;
  PolicyWatcher watcher(root.paths(), [&] {
    holder.Reload();
    calls.Add();
  });
  watcher.Start();
  root.WritePolicy("10.toml", kSigned);
  int seen = 0;
  while (holder.Current() == nullptr) {
    REQUIRE(calls.WaitBeyond(seen));
    seen = calls.Count();
  }
  CHECK(holder.Current()->rules().size() == 1);
}

TEST_CASE("what changes before the watcher starts is noticed then") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  Calls calls;
  PolicyWatcher watcher(root.paths(), [&] { calls.Add(); });
  root.WritePolicy("10.toml", "version = 1\n");
  watcher.Start();
  CHECK(calls.WaitBeyond(0));
}

TEST_CASE("many changes at once are few calls") {
  PolicyRoot root;
  root.WritePolicy("10.toml", "version = 1");
  Calls calls;
  {
    PolicyWatcher watcher(root.paths(), [&] { calls.Add(); });
    watcher.Start();
    for (int i = 0; i < 200; ++i) root.WritePolicy("10.toml", "version = 1");
    REQUIRE(calls.WaitBeyond(0));
  }
  CHECK(calls.Count() < 20);
}

TEST_CASE("a watcher without folders ends at once when it is told to") {
  const testing::TempFolder empty;
  const auto begin = std::chrono::steady_clock::now();
  {
    PolicyWatcher watcher(Paths(empty.path()), [] {});
    watcher.Start();
  }
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}
