// What is known of a cluster, on disk, and what the policy makes of it.
#include <filesystem>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "io/files/files.h"
#include "io/kubernetes/cluster_identity.h"
#include "io/kubernetes/cluster_store.h"
#include "io/policy/policy_loader.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/openpgp/recorded.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

const ClusterObject kObject{ClusterKind::kSecret, "prod", "release"};
const KubernetesSettings kSettings{"/etc/kubeconfig"};

Json Secret(const std::map<std::string, std::string>& entries) {
  Json::Object data;
  for (const auto& [name, text] : entries) {
    data.emplace(name, Json(Base64Encode(text)));
  }
  return Json(Json::Object{{"apiVersion", Json(std::string("v1"))},
                           {"kind", Json(std::string("Secret"))},
                           {"data", Json(std::move(data))}});
}

// A node whose policy names keys of the cluster.
struct Node : PolicyRoot {
  explicit Node(const std::string& keys = "k8s://prod/release",
                const std::string& settings =
                    "[kubernetes]\n"
                    "kubeconfig = \"/etc/kubeconfig\"\n") {
    folder.Write("etc/assay/assayd.toml", settings);
    WriteSigner("type = \"sigstore-key\"\nkeys = [\"" + keys + "\"]\n");
  }

  void WriteSigner(const std::string& table) {
    WritePolicy("10.toml",
                "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"release\"\n"
                "[signers.release]\n" +
                    table);
  }

  ClusterStore store() const { return {paths(), kSettings}; }

  void Keep(const Json* object, const std::set<std::string>& items = {""}) {
    REQUIRE(store().Save(
        kObject, {"7", Time(std::chrono::seconds(5)), ItemsOf(object, items)}));
  }

  std::shared_ptr<const Policy> Load(ClusterFetch fetch = {}) {
    problems.clear();
    return PolicyLoader(paths(), std::move(fetch)).Load(problems, &asked);
  }

  // What the one signer of the policy says of itself.
  std::string Signer() {
    const auto policy = Load();
    if (policy == nullptr) return problems.front().str();
    return policy->signers().begin()->second->Summary();
  }

  std::string File() const {
    for (const auto& entry :
         std::filesystem::directory_iterator(paths().KubernetesDir())) {
      return entry.path().string();
    }
    return {};
  }

  Diagnostics problems;
  AskedTrust asked;
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a policy is in force before its keys were fetched") {
  Node node;
  CHECK(Has(node.Signer(), "kubernetes-pending"));
  REQUIRE(node.asked.cluster.size() == 1);
  CHECK(node.asked.cluster.begin()->object == kObject);
}

TEST_CASE("what is kept is what signers verify with") {
  Node node;
  const auto pending = node.Load()->fingerprint();
  const Json secret = Secret({{"cosign.pub", node.pem}, {"other", "x"}});
  node.Keep(&secret);
  CHECK(Has(node.Signer(), "ecdsa-p256 sha256:"));
  CHECK_FALSE(Has(node.Signer(), "kubernetes"));
  const auto fetched = node.Load()->fingerprint();
  CHECK(fetched.str() != pending.str());
  node.Keep(nullptr);
  CHECK(Has(node.Signer(), "kubernetes-gone"));
  CHECK(node.Load()->fingerprint().str() != fetched.str());
}

TEST_CASE("each way to name an entry has its own answer") {
  Node node("k8s://prod/release#two");
  const Json secret = Secret({{"one", node.pem}, {"two", node.pem}});
  node.Keep(&secret);
  CHECK(Has(node.Signer(), "kubernetes-pending"));
  node.Keep(&secret, {"", "two", "three"});
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  const auto kept = node.store().Load(kObject);
  REQUIRE(kept);
  CHECK(kept->version == "7");
  CHECK(kept->items.at("").problem.starts_with("policy-key-unreadable"));
  CHECK(kept->items.at("three").problem.starts_with("policy-key-unreadable"));
}

// Whoever may write the object could otherwise stop all of the node's policy.
TEST_CASE("an object without a key leaves only its signer without one") {
  const std::string secret_key =
      "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
  for (const auto& entries :
       {std::map<std::string, std::string>{{"cosign.pub", "junk"}},
        std::map<std::string, std::string>{{"cosign.pub", secret_key}},
        std::map<std::string, std::string>{{"cosign.key", secret_key}},
        std::map<std::string, std::string>{}}) {
    Node node;
    const Json secret = Secret(entries);
    node.Keep(&secret);
    CHECK(Has(node.Signer(), "kubernetes-gone"));
  }
}

TEST_CASE("nothing private reaches the disk") {
  Node node;
  const Json secret = Secret({{"cosign.pub", node.pem},
                              {"cosign.key", "PRIVATE"},
                              {"cosign.password", "PASSWORD"},
                              {"note", "NOTE"}});
  node.Keep(&secret);
  std::ifstream file(node.File());
  std::stringstream text;
  text << file.rdbuf();
  CHECK(Has(text.str(), Base64Encode(node.pem)));
  for (const auto* hidden : {"PRIVATE", "PASSWORD", "NOTE"}) {
    CHECK_FALSE(Has(text.str(), hidden));
    CHECK_FALSE(Has(text.str(), Base64Encode(hidden)));
  }
  const auto mode = std::filesystem::status(node.File()).permissions();
  CHECK(mode == std::filesystem::perms(0600));
}

TEST_CASE("an entry that is no public key does not reach the disk") {
  Node node;
  for (const std::string hidden : {"PASSPHRASE", "\x30\x82\x01\x02secret"}) {
    for (const std::string name : {"passphrase", "cosign.pub"}) {
      const Json secret = Secret({{name, hidden}});
      node.Keep(&secret);
      const auto kept = ReadFile(node.File(), 1 << 20);
      REQUIRE(kept);
      CHECK_FALSE(Has(*kept, Base64Encode(hidden)));
      CHECK(Has(node.Signer(), "kubernetes-gone"));
    }
  }
  const Json secret = Secret({{"a.pub", node.pem}, {"b.pem", "PASSPHRASE"}});
  node.Keep(&secret);
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  CHECK(Has(node.Signer(), "kubernetes-gone"));
}

TEST_CASE("what cannot be removed is told") {
  Node node;
  node.Keep(nullptr);
  CHECK(node.store().Remove(kObject));
  CHECK(node.store().Remove(kObject));
  const std::string path = node.paths().KubernetesDir() + "/" +
                           Digest::Of(kObject.str()).hex() + ".json";
  std::filesystem::create_directory(path);
  CHECK(node.store().Remove(kObject).error().reason == Reason::kWriteFailed);
}

TEST_CASE("what is kept of another object or cluster counts for nothing") {
  Node node;
  const Json secret = Secret({{"cosign.pub", node.pem}});
  node.Keep(&secret);
  const std::string file = node.File();
  const ClusterStore elsewhere(node.paths(), {"/etc/other"});
  CHECK(elsewhere.Load(kObject).error().reason == Reason::kNotFound);
  const ClusterObject other{ClusterKind::kSecret, "prod", "other"};
  REQUIRE(node.store().Save(other, {"1", Time{}, ItemsOf(nullptr, {""})}));
  const std::string theirs = node.File() == file ? "" : node.File();
  node.store().Retain({kObject});
  CHECK(node.store().Load(kObject));
  CHECK_FALSE(node.store().Load(other));
  std::filesystem::rename(file, file + ".moved");
  CHECK(Has(node.Signer(), "kubernetes-pending"));
}

// A kubeconfig is a name; where it leads to is what counts.
TEST_CASE("what one cluster said counts for no other") {
  Node node;
  const auto write = [&](const std::string& server, const std::string& ca) {
    return node.folder.Write(
        "etc/kubeconfig",
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n"
        "- {name: c, context: {cluster: k, user: u}}\nclusters:\n"
        "- {name: k, cluster: {server: \"" +
            server + "\", certificate-authority-data: " + Base64Encode(ca) +
            "}}\nusers:\n- {name: u, user: {tokenFile: missing}}\n");
  };
  const std::string one = "https://one.example.com:6443";
  const std::string path = write(one, "first");
  node.folder.Write("etc/assay/assayd.toml",
                    "[kubernetes]\nkubeconfig = \"" + path + "\"\n");
  const ClusterStore store(node.paths(), {path});
  const auto identity = FindClusterIdentity(node.paths(), {path});
  REQUIRE(identity);
  const Json secret = Secret({{"cosign.pub", node.pem}});
  REQUIRE(store.Save(kObject, {"7", Time(std::chrono::seconds(5)),
                               ItemsOf(&secret, {""}), identity->str()}));
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  write(one + "/", "first");
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  write("https://two.example.com:6443", "first");
  CHECK(Has(node.Signer(), "kubernetes-pending"));
  write(one, "second");
  CHECK(Has(node.Signer(), "kubernetes-pending"));
  CHECK(store.Load(kObject).error().reason == Reason::kNotFound);
  // Nobody can tell then, and a node must still start what it knew.
  std::ofstream(path) << "}";
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  std::filesystem::remove(path);
  CHECK(Has(node.Signer(), "ecdsa-p256"));
}

TEST_CASE("a kept file that is bent or that others may write is no key") {
  Node node;
  const Json secret = Secret({{"cosign.pub", node.pem}});
  node.Keep(&secret);
  const std::string file = node.File();
  std::filesystem::permissions(file, std::filesystem::perms(0666));
  CHECK(Has(node.Signer(), "kubernetes-pending"));
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(Has(node.Signer(), "ecdsa-p256"));
  for (const auto* text :
       {"", "{", "{}", R"({"version":1})",
        R"({"version":1,"object":"k8s://secret/prod/release",)"
        R"("source":"/etc/kubeconfig","cluster":"","resource_version":"1",)"
        R"("confirmed_at":1,"items":{"":{"files":{"a":"*"}}}})",
        R"({"version":1,"object":"k8s://secret/prod/release",)"
        R"("source":"/etc/kubeconfig","cluster":"","resource_version":"1",)"
        R"("confirmed_at":1,"items":{"":{"files":{}}}})"}) {
    std::ofstream(file, std::ios::trunc) << text;
    INFO(text);
    CHECK(Has(node.Signer(), "kubernetes-pending"));
  }
}

TEST_CASE("names and settings that cannot be are errors of the policy") {
  CHECK(Has(Node("k8s://prod").Signer(), "is to be k8s://"));
  Node without("k8s://prod/release", "");
  CHECK(without.Load() == nullptr);
  CHECK(without.problems.front().reason == Reason::kPolicyKeyUnreadable);
  CHECK(Has(without.problems.front().message, "[kubernetes]"));
  std::string many = "k8s://prod/a0";
  for (int i = 1; i <= 64; ++i) {
    many += "\", \"k8s://prod/a" + std::to_string(i);
  }
  CHECK(Has(Node(many).Signer(), "too many"));
}

// What a signer believes, what an object holds for it, and what shows then.
struct Belief {
  std::string table;
  std::string entry;
  std::string bytes;
  std::string shows;
};

std::string TrustedRootText() {
  const auto text = ReadFile(std::string(ASSAY_VECTORS_DIR) +
                                 "/keyless-cosign31-v1-allow/trusted_root.json",
                             1 << 20);
  REQUIRE(text);
  return *text;
}

std::vector<Belief> Beliefs() {
  const auto certificate = TestKey::Make(KeyKind::kEcdsaP256).Certificate();
  const auto authority =
      TestKey::Make(KeyKind::kEcdsaP256)
          .Certificate({{"2.5.29.19", "\x30\x03\x01\x01\xff"}});
  const std::string key = TestKey::Make(KeyKind::kEcdsaP256).Pem();
  const std::string keyless =
      "type = \"sigstore-keyless\"\n"
      "identities = [{ issuer = \"https://issuer.example.com\", "
      "subject = \"a@example.com\" }]\ntrusted_root = ";
  const std::string openpgp =
      "type = \"openpgp\"\nlookaside = \"https://sigs.example.com\"\n"
      "keys = ";
  const std::string notation = "type = \"notation\"\nidentities = \"*\"\n";
  return {
      {openpgp, "release.asc", Recorded("ed.asc"), "ed25519"},
      {openpgp, "release.gpg", Recorded("rsa.gpg"), "rsa"},
      {notation + "trust_store = ", "ca.crt", certificate, "1 trusted"},
      {notation + "signing_authorities = ", "tls.crt", certificate,
       "1 signing authorities"},
      {keyless, "trusted_root.json", TrustedRootText(), "1 log"},
      {"type = \"dct\"\nroot_keys = ", "root.pub", key, "root key sha256:"},
      {"type = \"dct\"\nroot_keys = ", "root.pem", certificate, "root key"},
      {"type = \"dct\"\nroot_ca = ", "ca.crt", authority, "1 root authorities"},
  };
}

TEST_CASE("whatever a signer believes may be in a cluster") {
  const std::string secret_key =
      "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
  for (const Belief& belief : Beliefs()) {
    INFO(belief.table);
    Node node;
    node.WriteSigner(belief.table + "\"k8s://prod/release#" + belief.entry +
                     "\"\n");
    CHECK(node.Signer().starts_with("kubernetes-pending"));
    const auto pending = node.Load()->fingerprint();
    const std::set<std::string> items = {belief.entry};
    const Json good = Secret({{belief.entry, belief.bytes}});
    node.Keep(&good, items);
    CHECK(Has(node.Signer(), belief.shows));
    const auto known = node.Load()->fingerprint();
    CHECK(known != pending);
    for (const std::string& bad :
         {std::string("PASSPHRASE"), secret_key, std::string("{}")}) {
      const Json object = Secret({{belief.entry, bad}});
      node.Keep(&object, items);
      CHECK(node.Signer().starts_with("kubernetes-gone"));
      CHECK(node.Load()->fingerprint() != known);
      const auto kept = ReadFile(node.File(), 1 << 20);
      CHECK_FALSE(Has(*kept, Base64Encode(bad)));
    }
    node.Keep(nullptr, items);
    CHECK(node.Signer().starts_with("kubernetes-gone"));
  }
}

// Public, but another kind of thing.
TEST_CASE("what a cluster holds is no mistake of the policy") {
  for (const Belief& belief : Beliefs()) {
    INFO(belief.table);
    Node node;
    node.WriteSigner(belief.table + "\"k8s://prod/release#x\"\n");
    const bool root = belief.entry == "trusted_root.json";
    const Json object =
        Secret({{"x", root ? Recorded("ed.asc") : TrustedRootText()}});
    node.Keep(&object, {"x"});
    CHECK(node.Signer().starts_with("kubernetes-gone"));
    node.WriteSigner(belief.table + "\"k8s://prod/release#x\"\nkeyz = 1\n");
    CHECK(Has(node.Signer(), "keyz"));
    node.WriteSigner(belief.table + "\"k8s://prod\"\n");
    CHECK(Has(node.Signer(), "is to be k8s://"));
  }
}

TEST_CASE("a signer without its trust keeps its place in the policy") {
  Node node;
  const auto write = [&](const std::string& type) {
    node.WriteSigner(
        "type = \"" + type +
        "\"\nidentities = [{ issuer = \"https://issuer.example.com\", "
        "subject = \"a@example.com\" }]\n"
        "trusted_root = \"k8s://prod/release#r\"\n"
        "[attestations.built]\npredicate_type = \"https://slsa.dev/"
        "provenance/v1\"\nsigned_by = \"release\"\n");
  };
  write("sigstore-keyless");
  CHECK(node.Signer().starts_with("kubernetes-pending"));
  node.WriteSigner(
      "type = \"dct\"\nroot_ca = \"k8s://prod/release#r\"\n"
      "[attestations.built]\npredicate_type = \"https://slsa.dev/"
      "provenance/v1\"\nsigned_by = \"release\"\n");
  CHECK(Has(node.Signer(), "signs no statements"));
}

TEST_CASE("a withheld signer says why to whoever asks for a signature") {
  Node node;
  node.WriteSigner("type = \"dct\"\nroot_ca = \"k8s://prod/release#r\"\n");
  const auto policy = node.Load();
  REQUIRE(policy != nullptr);
  const Signer& signer = *policy->signers().at("release");
  CHECK(signer.scheme() == "dct");
  Findings findings;
  const auto name = Reference::Parse("registry.example.com/app:1");
  signer.Verify({*name, {}}, {}, findings);
  CHECK(findings.verified.empty());
  REQUIRE(findings.failed.size() == 1);
  CHECK(findings.failed.front().error.reason == Reason::kKubernetesPending);
}

// Who wrote these means files.
TEST_CASE("what other programs' policies name is on disk alone") {
  Node node;
  for (const std::string type : {"containers-policy", "notation-policy"}) {
    node.WriteSigner("type = \"" + type +
                     "\"\npolicy = \"k8s://prod/release\"\n");
    INFO(type);
    CHECK(Has(node.Signer(), "mount the object as a volume"));
  }
}

TEST_CASE("who may wait asks the cluster where nothing is known") {
  Node node;
  int asked = 0;
  const auto fetch =
      [&](const ClusterReference& reference) -> Result<std::vector<TrustFile>> {
    ++asked;
    CHECK(reference.object == kObject);
    return std::vector<TrustFile>{{"f", node.pem}};
  };
  const auto policy = node.Load(fetch);
  REQUIRE(policy != nullptr);
  CHECK(Has(policy->signers().begin()->second->Summary(), "ecdsa-p256"));
  CHECK(asked == 1);
  node.Keep(nullptr);
  CHECK(Has(node.Load(fetch)->signers().begin()->second->Summary(),
            "kubernetes-gone"));
  CHECK(asked == 1);
  Node bare("k8s://prod/release", "");
  CHECK(bare.Load(fetch) != nullptr);
}
