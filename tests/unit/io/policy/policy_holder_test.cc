#include "io/policy/policy_holder.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "io/kubernetes/cluster_store.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

const ClusterObject kObject{ClusterKind::kSecret, "prod", "release"};

// Two signers with a file each, one with a key of a cluster; and a policy file
// that breaks without any of them.
struct Node : PolicyRoot {
  Node() : store(paths(), {"/etc/kubeconfig"}) {
    folder.Write("etc/assay/assayd.toml", kSettings);
    for (const std::string name : {"one", "two"}) {
      folder.Write("etc/assay/trust/" + name + ".pub", NewKey());
    }
    Keep(NewKey());
    WritePolicy("10.toml", kThree);
    WritePolicy("20.toml", "version = 1\n");
    REQUIRE(holder.Reload());
    REQUIRE(holder.LastDiagnostics().empty());
  }

  static std::string NewKey() {
    return TestKey::Make(KeyKind::kEcdsaP256).Pem();
  }

  void Keep(const std::string& key) {
    ClusterItem item{{{"cosign.pub", key}}, {}};
    if (key.empty()) item = {{}, "there is no such object"};
    REQUIRE(store.Save(kObject,
                       {"7", Time(std::chrono::seconds(5)), {{"", item}}}));
  }

  void BreakPolicy() { WritePolicy("20.toml", "version = 1\nrulez = 1\n"); }

  std::string Trust(const std::string& name) const {
    return paths().TrustDir() + "/" + name;
  }

  // What a signer of the policy in force says of itself.
  std::string Says(const std::string& signer) const {
    return holder.Current()->signers().at(signer)->Summary();
  }

  // What the last Reload complained of, a line each.
  std::string Problems() const {
    std::string text;
    for (const auto& one : holder.LastDiagnostics()) text += one.str() + "\n";
    return text;
  }

  static constexpr const char* kSettings =
      "[kubernetes]\nkubeconfig = \"/etc/kubeconfig\"\n";
  static constexpr const char* kThree =
      "version = 1\n[[rule]]\nscope = \"**\"\n"
      "require = { any_of = [\"one\", \"two\", \"cluster\"] }\n"
      "[signers.one]\ntype = \"sigstore-key\"\nkeys = [\"one.pub\"]\n"
      "[signers.two]\ntype = \"sigstore-key\"\nkeys = [\"two.pub\"]\n"
      "[signers.cluster]\ntype = \"sigstore-key\"\n"
      "keys = [\"k8s://prod/release\"]\n";

  ClusterStore store;
  PolicyHolder holder{paths()};
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("at first there is no policy in force") {
  PolicyRoot root;
  PolicyHolder holder(root.paths());
  CHECK(holder.Current() == nullptr);
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current() == nullptr);
  CHECK_FALSE(holder.LastDiagnostics().empty());
}

TEST_CASE("a bad policy leaves the one in force") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  CHECK(holder.LastDiagnostics().empty());
  CHECK(holder.LoadedAt() > Time{});
  const auto good = holder.Current();
  root.WritePolicy("10.toml", "version = 1\nrulez = 1\n");
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current()->fingerprint() == good->fingerprint());
  REQUIRE(holder.LastDiagnostics().size() == 1);
  CHECK(holder.LastDiagnostics().front().reason == Reason::kPolicyMalformed);
  std::filesystem::remove_all(root.paths().PolicyDir());
  CHECK_FALSE(holder.Reload());
  CHECK(holder.Current()->fingerprint() == good->fingerprint());
  root.WritePolicy("10.toml", "version = 1\n");
  CHECK(holder.Reload());
  CHECK(holder.Current()->fingerprint() != good->fingerprint());
  CHECK(holder.LastDiagnostics().empty());
}

TEST_CASE("a key that a cluster took away is gone whatever else is wrong") {
  Node node;
  const std::string one = node.Says("one");
  const std::string before = node.Says("cluster");
  REQUIRE(Has(before, "ecdsa-p256"));
  SECTION("a policy file") { node.BreakPolicy(); }
  SECTION("all of policy.d") {
    std::filesystem::remove_all(node.paths().PolicyDir());
  }
  SECTION("the key file of another signer") {
    std::filesystem::remove(node.Trust("two.pub"));
  }
  SECTION("what another key file holds") {
    node.folder.Write("etc/assay/trust/two.pub", "junk");
  }
  CHECK_FALSE(node.holder.Reload());
  CHECK(node.Says("cluster") == before);
  CHECK_FALSE(Has(node.Problems(), "the policy in force"));
  node.Keep(Node::NewKey());
  CHECK_FALSE(node.holder.Reload());
  CHECK(Has(node.Says("cluster"), "ecdsa-p256"));
  CHECK(node.Says("cluster") != before);
  node.Keep("");
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(node.holder.Reload());
    CHECK(Has(node.Says("cluster"), "kubernetes-gone"));
    CHECK(node.Says("one") == one);
    CHECK(Has(node.Says("two"), "ecdsa-p256"));
    CHECK(Has(node.Problems(), "the policy in force: its files are as they"));
    CHECK(node.holder.LastDiagnostics().size() == 2);
  }
  CHECK(node.holder.ClusterReferences().size() == 1);
}

// Nothing is known of the cluster's keys then.
TEST_CASE("settings that cannot be read leave no key of a cluster in force") {
  for (const std::string settings : {"", "[kubernetes", "junk = 1\n"}) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", settings);
    node.Keep("");
    CHECK_FALSE(node.holder.Reload());
    CHECK(Has(node.Says("cluster"), "kubernetes-pending"));
    CHECK(Has(node.Says("one"), "ecdsa-p256"));
  }
}

// By the contract of a reload: whoever replaced it sees that it was not taken.
TEST_CASE("a key file that was replaced waits for the rest of the policy") {
  Node node;
  const auto before = node.holder.Current()->fingerprint();
  const std::string one = node.Says("one");
  node.folder.Write("etc/assay/trust/one.pub", Node::NewKey());
  SECTION("a policy file") { node.BreakPolicy(); }
  SECTION("another key file is not there") {
    std::filesystem::remove(node.Trust("two.pub"));
  }
  SECTION("another key file is being written") {
    node.folder.Write("etc/assay/trust/two.pub", "-----BEGIN PUBLIC KEY---");
  }
  CHECK_FALSE(node.holder.Reload());
  CHECK(node.Says("one") == one);
  CHECK(node.holder.Current()->fingerprint() == before);
  CHECK(node.holder.LastDiagnostics().size() == 1);
}

// Two signers share a file: no bytes of one reading ever meet another's.
TEST_CASE("files that were taken once and replaced since never come back") {
  Node node;
  const std::string table =
      "version = 1\n[signers.x]\ntype = \"sigstore-key\"\n"
      "keys = [\"one.pub\", \"two.pub\"]\n"
      "[signers.y]\ntype = \"sigstore-key\"\n"
      "keys = [\"one.pub\", \"three.pub\"]\n";
  node.folder.Write("etc/assay/trust/three.pub", Node::NewKey());
  node.WritePolicy("20.toml", table);
  REQUIRE(node.holder.Reload());
  const std::string first = node.Says("y");
  node.folder.Write("etc/assay/trust/one.pub", Node::NewKey());
  REQUIRE(node.holder.Reload());
  const auto second = node.holder.Current()->fingerprint();
  const std::string x = node.Says("x");
  const std::string y = node.Says("y");
  CHECK(y != first);
  for (const std::string missing : {"two.pub", "three.pub", "one.pub"}) {
    std::filesystem::rename(node.Trust(missing), node.Trust("aside"));
    CHECK_FALSE(node.holder.Reload());
    CHECK(node.Says("x") == x);
    CHECK(node.Says("y") == y);
    CHECK(node.holder.Current()->fingerprint() == second);
    std::filesystem::rename(node.Trust("aside"), node.Trust(missing));
  }
  CHECK(node.holder.Reload());
  CHECK(node.holder.Current()->fingerprint() == second);
}

// A file that cannot be read may be one that somebody still writes.
TEST_CASE("a key file that cannot be read stays as it was") {
  const bool alone = GENERATE(true, false);
  Node node;
  const std::string one = node.Says("one");
  const auto before = node.holder.Current()->fingerprint();
  const std::string key = node.Trust("one.pub");
  SECTION("it is gone") { std::filesystem::remove(key); }
  SECTION("others may write it") {
    std::filesystem::permissions(key, std::filesystem::perms(0666));
  }
  SECTION("it holds a key that is none") { std::ofstream(key) << "junk"; }
  if (!alone) node.BreakPolicy();
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(node.holder.Reload());
    CHECK(node.Says("one") == one);
    CHECK(node.holder.Current()->fingerprint() == before);
    CHECK(Has(node.Problems(), "one.pub"));
    CHECK(Has(node.Problems(), "rulez") == !alone);
  }
  CHECK(node.holder.TrustFolders().contains(node.paths().TrustDir()));
  node.folder.Write("etc/assay/trust/one.pub", Node::NewKey());
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  CHECK(node.holder.Reload() == alone);
  CHECK((node.Says("one") != one) == alone);
}

TEST_CASE("new files of a policy bring back what the old ones had withheld") {
  Node node;
  node.BreakPolicy();
  node.Keep("");
  CHECK_FALSE(node.holder.Reload());
  node.Keep(Node::NewKey());
  node.WritePolicy("20.toml", "version = 1\n");
  CHECK(node.holder.Reload());
  CHECK(node.holder.LastDiagnostics().empty());
  CHECK(Has(node.Says("cluster"), "ecdsa-p256"));
}

TEST_CASE("readers see whole policies while others reload") {
  PolicyRoot root;
  const std::string one =
      "version = 1\n[[rule]]\nscope = \"localhost\"\n"
      "action = \"reject\"\n";
  root.WritePolicy("10.toml", one);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!stop) {
      const auto policy = holder.Current();
      if (policy == nullptr || policy->rules().size() != 1) ++torn;
      (void)holder.LastDiagnostics();
    }
  });
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) holder.Reload();
  });
  for (int i = 0; i < 20; ++i) holder.Reload();
  other.join();
  stop = true;
  reader.join();
  CHECK(torn == 0);
}
