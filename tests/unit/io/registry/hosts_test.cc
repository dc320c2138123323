#include "io/registry/registry_host.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

namespace assay::registry {
namespace {

using testing::TempFolder;

constexpr const char* kWhole = R"(
server = "https://registry.example.com"
ca = "root.crt"

[host."https://first.example.com/cache"]
capabilities = ["pull"]
ca = ["a.crt", "/etc/b.crt"]
client = [["c.cert", "c.key"]]
dial_timeout = "1m2.5s"
[host."https://first.example.com/cache".header]
x-one = "1"
x-two = ["2", "3"]

[host."http://second.example.com:5000/v2"]
capabilities = ["Pull", "resolve", "push"]
skip_verify = true
client = "both.pem"

[host."last.example.com/api/"]
override_path = true
capabilities = ["referrers"]
)";

// With one memory for all tests: a file that has changed is parsed anew.
Result<std::vector<RegistryHost>> Find(const std::vector<std::string>& folders,
                                       std::string_view registry) {
  static ParsedHosts parsed;
  return FindHosts(folders, registry, parsed);
}

TEST_CASE("hosts.toml is read in its order, the server last") {
  const auto hosts = ParseHostsToml(kWhole, "/certs.d/x");
  INFO((hosts ? "" : hosts.error().detail));
  REQUIRE(hosts);
  REQUIRE(hosts->size() == 4);
  const RegistryHost& first = (*hosts)[0];
  CHECK(first.Address() == "https://first.example.com");
  CHECK(first.path == "/cache/v2");
  CHECK(first.pull);
  CHECK_FALSE(first.resolve);
  CHECK_FALSE(first.referrers);
  CHECK(first.ca_files ==
        std::vector<std::string>{"/certs.d/x/a.crt", "/etc/b.crt"});
  CHECK(first.client_cert == "/certs.d/x/c.cert");
  CHECK(first.client_key == "/certs.d/x/c.key");
  CHECK(first.dial_timeout == std::chrono::milliseconds(62'500));
  CHECK(first.headers ==
        std::vector<std::string>{"x-one: 1", "x-two: 2", "x-two: 3"});
  const RegistryHost& second = (*hosts)[1];
  CHECK(second.Address() == "http://second.example.com:5000");
  CHECK(second.path == "/v2");
  CHECK(second.resolve);
  CHECK(second.skip_verify);
  CHECK(second.client_cert == "/certs.d/x/both.pem");
  CHECK(second.client_key == "/certs.d/x/both.pem");
  const RegistryHost& third = (*hosts)[2];
  CHECK(third.path == "/api");
  CHECK_FALSE(third.pull);
  CHECK(third.referrers);
  const RegistryHost& server = (*hosts)[3];
  CHECK(server.Address() == "https://registry.example.com");
  CHECK(server.path == "/v2");
  CHECK(server.ca_files == std::vector<std::string>{"/certs.d/x/root.crt"});
}

TEST_CASE("mistakes in hosts.toml are errors that name the file") {
  const auto text = GENERATE(
      as<std::string>(), "server = ", "server = 1", "servers = \"a\"",
      "server = \"https://a b\"", "server = \"https://a?b\"",
      "[host.\"https://a\"]\ncapabilities = [\"fly\"]",
      "[host.\"https://a\"]\nskip_verify = \"yes\"",
      "[host.\"https://a\"]\nclient = [\"a\", \"b\"]",
      "[host.\"https://a\"]\nclient = [[\"a\"]]",
      "[host.\"https://a\"]\ndial_timeout = \"fast\"",
      "[host.\"https://a\"]\ndial_timeout = \"-1s\"",
      "[host.\"https://a\"]\nheader = { \"x y\" = \"1\" }",
      "[host.\"https://a\"]\nheader = { x = \"1\\r\\nAuthorization: y\" }",
      "[host.\"https://u:p@a\"]\n");
  const auto hosts = ParseHostsToml(text, "/certs.d/x");
  INFO(text);
  REQUIRE_FALSE(hosts);
  CHECK(hosts.error().reason == Reason::kConfigurationMalformed);
  CHECK(hosts.error().detail.find("/certs.d/x/hosts.toml:") == 0);
}

std::string FirstOf(const TempFolder& folder, const std::string& registry) {
  const auto hosts = Find({folder.path()}, registry);
  return hosts ? hosts->front().Address() : hosts.error().detail;
}

TEST_CASE("a registry's folder is looked up in containerd's order") {
  const TempFolder folder;
  const auto describe = [&](const std::string& name) {
    folder.Write(name + "/hosts.toml", "server = \"https://" + name + "\"\n");
  };
  CHECK(FirstOf(folder, "r.example.com:5000") == "https://r.example.com:5000");
  describe("_default");
  CHECK(FirstOf(folder, "r.example.com:5000") == "https://_default");
  describe("r.example.com");  // without the port: not this registry's
  CHECK(FirstOf(folder, "r.example.com:5000") == "https://_default");
  CHECK(FirstOf(folder, "r.example.com") == "https://r.example.com");
  describe("r.example.com:5000");
  CHECK(FirstOf(folder, "r.example.com:5000") == "https://r.example.com:5000");
  describe("r.example.com_5000_");
  CHECK(FirstOf(folder, "r.example.com:5000") == "https://r.example.com_5000_");
}

TEST_CASE("a file that has not changed is not parsed again, a wrong one is") {
  ParsedHosts parsed;
  const std::string text = "server = \"https://r.example.com\"\n";
  for (int i = 0; i < 2; ++i) {
    CHECK(parsed.Parse(text, "/a")->front().host == "r.example.com");
    CHECK_FALSE(parsed.Parse("server = 1\n", "/a"));
  }
  CHECK(parsed.Parse(text + "ca = \"x\"\n", "/b")->front().ca_files ==
        std::vector<std::string>{"/b/x"});
  CHECK(parsed.Parse(text + "ca = \"x\"\n", "/a")->front().ca_files ==
        std::vector<std::string>{"/a/x"});
}

TEST_CASE("a server that is named as a host, too, is asked once") {
  const TempFolder folder;
  const std::string name = "registry.example.com/hosts.toml";
  const auto count = [&](const std::string& text) {
    folder.Write(name, text);
    const auto hosts = Find({folder.path()}, "registry.example.com");
    REQUIRE(hosts);
    return hosts->size();
  };
  const std::string server = "server = \"https://registry.example.com\"\n";
  const std::string host = "[host.\"https://registry.example.com\"]\n";
  CHECK(count(server + host) == 1);
  CHECK(count(server + host + "capabilities = [\"pull\", \"resolve\"]") == 1);
  CHECK(count(host) == 1);
  // One of them can do more than the other.
  CHECK(count(server + host + "capabilities = [\"pull\"]") == 2);
  CHECK(count(server + host + "ca = \"a.crt\"") == 2);
  CHECK(count(server + host + "skip_verify = true") == 2);
}

TEST_CASE("what only the registry's name tells is known for it") {
  ParsedHosts parsed;
  const TempFolder folder;
  const auto last = [&](const std::string& text) {
    folder.Write("r.example.com/hosts.toml", text);
    return FindHosts({folder.path()}, "r.example.com", parsed).value().back();
  };
  CHECK(FindHosts({}, "r.example.com", parsed)->back().from_name);
  CHECK(FindHosts({}, "127.0.0.1:5000", parsed)->front().from_name);
  CHECK(FindHosts({}, "127.0.0.1:5000", parsed)->back().from_name);
  CHECK(last("[host.\"https://mirror.example.com\"]\n").from_name);
  CHECK_FALSE(last("server = \"https://r.example.com\"\n").from_name);
  CHECK_FALSE(last("[host.\"https://r.example.com\"]\n").from_name);
}

TEST_CASE("without hosts.toml the certificate files count") {
  const TempFolder folder;
  folder.Write("r.example.com/a.crt", "");
  folder.Write("r.example.com/c.cert", "");
  const auto incomplete = Find({folder.path()}, "r.example.com");
  REQUIRE_FALSE(incomplete);
  CHECK(incomplete.error().reason == Reason::kConfigurationMalformed);
  folder.Write("r.example.com/c.key", "");
  const auto hosts = Find({folder.path()}, "r.example.com");
  REQUIRE(hosts);
  REQUIRE(hosts->size() == 1);
  const RegistryHost& host = hosts->front();
  CHECK(host.Address() == "https://r.example.com");
  CHECK(host.ca_files ==
        std::vector<std::string>{folder / "r.example.com/a.crt"});
  CHECK(host.client_key == folder / "r.example.com/c.key");
}

TEST_CASE("what no folder describes has containerd's defaults") {
  const auto docker = Find({}, "docker.io");
  REQUIRE(docker);
  CHECK(docker->front().Address() == "https://registry-1.docker.io");
  const auto loopback = Find({"/nowhere"}, "127.0.0.1:5000");
  REQUIRE(loopback);
  REQUIRE(loopback->size() == 2);
  CHECK(loopback->front().Address() == "http://127.0.0.1:5000");
  CHECK((*loopback)[1].Address() == "https://127.0.0.1:5000");
  CHECK((*loopback)[1].only_if_not_http);
  CHECK((*loopback)[1].skip_verify);
  CHECK(Find({}, "localhost:80")->front().Address() == "http://localhost:80");
  CHECK(Find({}, "localhost")->size() == 1);
  CHECK_FALSE(Find({}, "r.example.com")->front().skip_verify);
}

}  // namespace
}  // namespace assay::registry
