#include "io/kubernetes/cluster_access.h"

#include <cstdlib>
#include <filesystem>

#include "base/bytes.h"
#include "base/yaml.h"
#include "core/schemes/cluster_reference.h"
#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

std::string Config(const std::string& cluster, const std::string& user) {
  return R"(apiVersion: v1
kind: Config
current-context: node@prod
preferences: {}
clusters:
- name: other
  cluster: {server: https://other.example.com, insecure-skip-tls-verify: true}
- name: prod
  cluster:
    server: https://api.example.com:6443
)" + cluster +
         R"(contexts:
- name: node@prod
  context: {cluster: prod, user: node, namespace: default}
users:
- name: node
  user:
)" + user;
}

const std::string kToken = "    token: abc\n";

std::string WhyNot(const std::string& text) {
  const auto access = ReadKubeconfig(text, "/nowhere");
  REQUIRE_FALSE(access);
  CHECK(access.error().reason == Reason::kConfigurationMalformed);
  return access.error().detail;
}

bool Names(const std::string& text, const std::string& what) {
  return WhyNot(text).find(what) != std::string::npos;
}

Result<ClusterAccess> Read(const testing::TempFolder& folder,
                           const std::string& kubeconfig) {
  return ReadClusterAccess(Paths(folder.path()), {kubeconfig});
}

}  // namespace

TEST_CASE("a kubeconfig says where, whom to believe and who to be") {
  const auto access = ReadKubeconfig(
      Config("    certificate-authority-data: " + Base64Encode("CA") + "\n",
             "    client-certificate-data: " + Base64Encode("CERT") +
                 "\n    client-key-data: " + Base64Encode("KEY") + "\n"),
      "/nowhere");
  REQUIRE(access);
  CHECK(access->cluster.server == "https://api.example.com:6443");
  CHECK(access->cluster.authorities == "CA");
  CHECK(access->client_certificate == "CERT");
  CHECK(access->client_key == "KEY");
  CHECK(access->token.empty());
}

TEST_CASE("files that a kubeconfig names lie beside it") {
  const testing::TempFolder folder;
  folder.Write("ca.crt", "CA");
  folder.Write("token", "of-the-file\n");
  const auto path =
      folder.Write("kubeconfig", Config("    certificate-authority: ca.crt\n",
                                        kToken + "    tokenFile: token\n"));
  auto access = Read(folder, path);
  REQUIRE(access);
  CHECK(access->cluster.authorities == "CA");
  CHECK(access->token == "of-the-file");
  folder.Write("token", "the-next");
  CHECK(Read(folder, path)->token == "the-next");
  std::filesystem::remove(folder / "token");
  CHECK(Read(folder, path).error().reason == Reason::kNotFound);
}

// What is passed over may be what makes the rest safe.
TEST_CASE("what a kubeconfig says that is not understood is refused by name") {
  CHECK(Names(Config("    insecure-skip-tls-verify: true\n", kToken),
              "insecure-skip-tls-verify"));
  CHECK(Names(Config("    proxy-url: http://a.example.com\n", kToken),
              "proxy-url"));
  CHECK(Names(Config("    tls-server-name: a\n", kToken), "tls-server-name"));
  CHECK(Names(Config("", "    exec: {command: /bin/sh}\n"), "exec"));
  CHECK(Names(Config("", "    auth-provider: {name: gcp}\n"), "auth-provider"));
  CHECK(Names(Config("", "    username: a\n    password: b\n"), "password"));
  CHECK(Names(Config("", kToken + "    as: admin\n"), "'as'"));
  CHECK(Names(Config("", kToken) + "aliases: {}\n", "aliases"));
}

TEST_CASE("a kubeconfig that means nothing clear is refused") {
  const std::string good = Config("", kToken);
  CHECK(ReadKubeconfig(good, "/nowhere"));
  const auto without = [&](const std::string& text, const std::string& by) {
    std::string bad = good;
    bad.replace(bad.find(text), text.size(), by);
    return WhyNot(bad);
  };
  CHECK_FALSE(without("kind: Config", "kind: Secret").empty());
  CHECK_FALSE(without("apiVersion: v1", "apiVersion: v2").empty());
  CHECK_FALSE(
      without("current-context: node@prod", "current-context: x").empty());
  CHECK_FALSE(without("cluster: prod", "cluster: gone").empty());
  CHECK_FALSE(without("user: node", "user: gone").empty());
  CHECK_FALSE(without("token: abc", "token: 7").empty());
  CHECK_FALSE(without("- name: other", "- name: prod").empty());
  CHECK_FALSE(
      WhyNot(Config("    certificate-authority-data: '*'\n", kToken)).empty());
  CHECK_FALSE(
      WhyNot(Config("", "    client-certificate-data: QQ==\n")).empty());
  const auto yaml = ReadKubeconfig("a: *b\n", "/nowhere");
  CHECK(yaml.error().reason == Reason::kYamlUnsupported);
}

TEST_CASE("nobody is asked in plain text, as nobody, or with a bent header") {
  const testing::TempFolder folder;
  const auto read = [&](const std::string& text) {
    return Read(folder, folder.Write("kubeconfig", text)).error().detail;
  };
  std::string plain = Config("", kToken);
  plain.replace(plain.find("https://api"), 11, "http://api");
  CHECK(read(plain).find("https://") != std::string::npos);
  CHECK(read(Config("", "    extensions: []\n")).find("token") !=
        std::string::npos);
  const std::string bent = "    token: \"a\\r\\nHost: b\"\n";
  CHECK(read(Config("", bent)).find("token") != std::string::npos);
  CHECK(read(Config("", bent + "    client-certificate-data: QQ==\n"
                               "    client-key-data: QQ==\n"))
            .find("token") != std::string::npos);
}

// They must not become the system's, which anybody's server may satisfy.
TEST_CASE("authorities that are named and empty are refused") {
  const testing::TempFolder folder;
  const std::string key = "    certificate-authority";
  folder.Write("ca.crt", "");
  for (const std::string& lines :
       {key + ": ca.crt\n", key + ": ''\n", key + "-data: ''\n",
        key + "-data: ''\n" + key + ": ca.crt\n"}) {
    INFO(lines);
    const auto access =
        Read(folder, folder.Write("kubeconfig", Config(lines, kToken)));
    REQUIRE_FALSE(access);
    CHECK(access.error().reason == Reason::kConfigurationMalformed);
    CHECK(access.error().detail.find("is empty") != std::string::npos);
  }
}

TEST_CASE("a kubeconfig that others may write is none") {
  const testing::TempFolder folder;
  const auto path = folder.Write("kubeconfig", Config("", kToken));
  CHECK(Read(folder, path));
  std::filesystem::permissions(path, std::filesystem::perms(0666));
  CHECK(Read(folder, path).error().reason == Reason::kFileUnsafe);
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0777));
  CHECK(Read(folder, path).error().reason == Reason::kFileUnsafe);
}

TEST_CASE("a pod's service account is read anew each time") {
  const testing::TempFolder folder;
  const std::string place = "var/run/secrets/kubernetes.io/serviceaccount/";
  ::unsetenv("KUBERNETES_SERVICE_HOST");
  CHECK(Read(folder, "").error().reason == Reason::kConfigurationMalformed);
  ::setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
  ::setenv("KUBERNETES_SERVICE_PORT", "443", 1);
  CHECK_FALSE(Read(folder, ""));
  folder.Write(place + "ca.crt", "");
  folder.Write(place + "token", "one");
  CHECK(Read(folder, "").error().reason == Reason::kConfigurationMalformed);
  folder.Write(place + "ca.crt", "CA");
  const auto access = Read(folder, "");
  REQUIRE(access);
  CHECK(access->cluster.server == "https://[fd00::1]:443");
  CHECK(access->cluster.authorities == "CA");
  CHECK(access->token == "one");
  folder.Write(place + "token", "two\n");
  CHECK(Read(folder, "")->token == "two");
  ::setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
  CHECK(Read(folder, "")->cluster.server == "https://10.0.0.1:443");
}

// An account that may list everything in a namespace reads every Secret there.
TEST_CASE("the example of a Role lets a node read its keys and nothing else") {
  const auto text = ReadFile(ASSAY_CONFIG_DIR "/kubernetes-rbac.yaml", 1 << 20);
  REQUIRE(text);
  const auto documents = ParseYamlDocuments(*text);
  REQUIRE(documents);
  int roles = 0;
  for (const Json& document : *documents) {
    CHECK(*document.FindString("kind") != "ClusterRole");
    if (*document.FindString("kind") != "Role") continue;
    ++roles;
    for (const Json& rule : *document.FindArray("rules")) {
      CHECK(rule.Find("verbs")->Dump() == R"(["list","watch"])");
      CHECK(rule.Find("apiGroups")->Dump() == R"([""])");
      REQUIRE(rule.FindArray("resourceNames")->size() == 1);
      const std::string kind =
          rule.FindArray("resources")->front().AsString()->substr(0, 6) ==
                  "secret"
              ? "secret"
              : "configmap";
      const auto named = ClusterReference::Parse(
          "k8s://" + kind + "/" +
          *document.Find("metadata")->FindString("namespace") + "/" +
          *rule.FindArray("resourceNames")->front().AsString());
      REQUIRE(named);
      CHECK(rule.FindArray("resources")->size() == 1);
      CHECK(*rule.FindArray("resources")->front().AsString() ==
            named->object.Plural());
    }
  }
  CHECK(roles == 1);
}
