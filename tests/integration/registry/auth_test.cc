// Tokens, passwords and helpers, as registries ask for them.
#include <sys/stat.h>

#include "io/registry/credentials.h"
#include "tests/integration/registry/fixture.h"
#include "tests/support/catch.h"

namespace assay::testing {
namespace {

constexpr std::chrono::milliseconds kDeadline{2000};

RegistryOptions With(const std::string& config, const std::string& path = "") {
  return {{}, {config}, path, {}, "assay"};
}

std::string Authorization(const Json& entry) {
  const auto* value = entry.Find("headers")->FindString("authorization");
  return value == nullptr ? std::string() : *value;
}

TEST_CASE("an anonymous token is fetched once for the requests of a call") {
  RegistryClient client({});
  const Reference name = At(Hostile().host(), "token/once");
  const std::vector<FetchRequest> requests(4, Manifest(name, "latest"));
  const std::size_t before = Hostile().Log("/token").size();
  for (const auto& result : client.Fetch(requests, In(kDeadline))) {
    INFO((result ? "" : result.error().detail));
    CHECK(result);
  }
  const auto log = Hostile().Log("/token?");
  REQUIRE(!log.empty());
  // Only "pull" is asked for, although the challenge says "pull,push".
  CHECK(*log.back().FindString("path") ==
        "/token?service=hostile&scope=repository%3Ax%3Apull");
  CHECK(Hostile().Log("/token").size() == before + 4 + 4 + 1);
  // The next call brings the token along.
  CHECK(client.FetchOne(Manifest(name, "latest"), In(kDeadline)));
  CHECK(Hostile().Log("/v2/token/once").size() == 4 + 4 + 1);
}

TEST_CASE("a token is fetched with the password of the registry") {
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json", DockerConfig(Hostile().host(), kUserSecret));
  RegistryClient client(With(config));
  const auto fetched = client.FetchOne(
      Manifest(At(Hostile().host(), "token-private/a"), "latest"),
      In(kDeadline));
  INFO((fetched ? "" : fetched.error().detail));
  CHECK(fetched);
}

TEST_CASE("credentials that came with a question serve that question alone") {
  RegistryClient node({});
  const auto fetch = [](RegistryClient& client, const std::string& repository) {
    const auto fetched = client.FetchOne(
        Manifest(At(Hostile().host(), repository), "latest"), In(kDeadline));
    return fetched ? Reason::kUnspecified : fetched.error().reason;
  };
  const registry::Credential user{"user", "secret", {}, {}};
  {
    RegistryClient given(node, {Hostile().host(), user});
    CHECK(fetch(given, "token-private/given") == Reason::kUnspecified);
    CHECK(fetch(given, "token-private/given") == Reason::kUnspecified);
    // Neither password nor token is another's, whoever asks meanwhile.
    CHECK(fetch(node, "token-private/given") == Reason::kRegistryUnauthorized);
    RegistryClient wrong(node, {Hostile().host(), {"user", "guess", {}, {}}});
    CHECK(fetch(wrong, "token-private/given") == Reason::kRegistryUnauthorized);
    RegistryClient elsewhere(node, {"registry.example.com", user});
    CHECK(fetch(elsewhere, "token-private/given") ==
          Reason::kRegistryUnauthorized);
    RegistryClient refresh(node,
                           {Hostile().host(), {{}, {}, "refresh-me", {}}});
    CHECK(fetch(refresh, "token-refresh/a") == Reason::kUnspecified);
  }
  CHECK(fetch(node, "token-private/given") == Reason::kRegistryUnauthorized);
}

TEST_CASE("credentials are for the registry whose address they have") {
  using registry::IsAddressOf;
  CHECK(IsAddressOf("registry.example.com", "registry.example.com"));
  CHECK(IsAddressOf("https://registry.example.com:5000/v2/",
                    "registry.example.com:5000"));
  CHECK(IsAddressOf("https://index.docker.io/v1/", "docker.io"));
  CHECK_FALSE(IsAddressOf("registry.example.com", "registry.example.com:5000"));
  CHECK_FALSE(IsAddressOf("registry.example.com.evil", "registry.example.com"));
  CHECK_FALSE(IsAddressOf("", "registry.example.com"));
}

TEST_CASE("an identity token is exchanged for a token") {
  const TempFolder folder;
  const std::string config = folder.Write(
      "config.json",
      DockerConfig(Hostile().host(), R"({"identitytoken":"refresh-me"})"));
  RegistryClient client(With(config));
  const auto fetched = client.FetchOne(
      Manifest(At(Hostile().host(), "token-refresh/a"), "latest"),
      In(kDeadline));
  INFO((fetched ? "" : fetched.error().detail));
  CHECK(fetched);
}

TEST_CASE("a token server at another name of the same network is used") {
  RegistryClient client({});
  const auto fetched = client.FetchOne(
      Manifest(At(Hostile().host(), "realm-name/a"), "latest"), In(kDeadline));
  // The mode refuses every token: what counts is that one was fetched.
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().reason == Reason::kRegistryUnauthorized);
}

TEST_CASE("a registry cannot have its password sent to another host") {
  const auto secret = GENERATE(as<std::string>{}, kUserSecret,
                               R"({"identitytoken":"refresh-me"})");
  const TempFolder folder;
  RegistryOptions options =
      With(folder.Write("config.json", DockerConfig(Hostile().host(), secret)));
  const FetchRequest request =
      Manifest(At(Hostile().host(), "realm-name/login"), "latest");
  const std::size_t before = Hostile().Log("/token").size();
  const auto refused = RegistryClient(options).FetchOne(request, In(kDeadline));
  REQUIRE_FALSE(refused);
  CHECK(Describe(refused.error().reason).id == "registry-realm-refused");
  CHECK(refused.error().detail.find("trusted_realms") != std::string::npos);
  CHECK(Hostile().Log("/token").size() == before);

  // Unless the operator says that it is the registry's own.
  options.trusted_realms = {
      "localhost" + Hostile().host().substr(Hostile().host().rfind(':'))};
  CHECK_FALSE(RegistryClient(options).FetchOne(request, In(kDeadline)));
  CHECK(Hostile().Log("/token").size() == before + 1);
}

TEST_CASE("the password of a path goes to that path alone") {
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json",
                   DockerConfig(Hostile().host() + "/basic/team", kUserSecret));
  RegistryClient client(With(config));
  CHECK(client.FetchOne(
      Manifest(At(Hostile().host(), "basic/team/app"), "latest"),
      In(kDeadline)));
  const auto other = client.FetchOne(
      Manifest(At(Hostile().host(), "basic/other"), "latest"), In(kDeadline));
  REQUIRE_FALSE(other);
  CHECK(other.error().reason == Reason::kRegistryUnauthorized);
  for (const Json& entry : Hostile().Log("/v2/basic/other")) {
    CHECK(Authorization(entry).empty());
  }
}

std::string Helper(const TempFolder& folder, const std::string& name,
                   const std::string& script) {
  const std::string path =
      folder.Write("bin/docker-credential-" + name, "#!/bin/sh\n" + script);
  ::chmod(path.c_str(), 0755);
  return folder / "bin";
}

TEST_CASE("a credential helper gives the password") {
  const TempFolder folder;
  const std::string path = Helper(
      folder, "test",
      "read server; [ \"$1 $server\" = \"get " + Hostile().host() +
          "\" ] && echo '{\"Username\":\"user\",\"Secret\":\"secret\"}'");
  const std::string config =
      folder.Write("config.json",
                   R"({"credHelpers":{")" + Hostile().host() + R"(":"test"}})");
  RegistryClient client(With(config, path));
  const auto fetched = client.FetchOne(
      Manifest(At(Hostile().host(), "basic/helped"), "latest"), In(kDeadline));
  INFO((fetched ? "" : fetched.error().detail));
  CHECK(fetched);
}

TEST_CASE("a helper that misbehaves is refused in time") {
  const auto script = GENERATE("sleep 30", "exit 3", "yes", "echo nonsense",
                               "kill -9 $$", "(sleep 30) & echo '{}'");
  const TempFolder folder;
  const std::string path = Helper(folder, "test", script);
  const std::string config =
      folder.Write("config.json", R"({"credsStore":"test"})");
  RegistryClient client(With(config, path));
  const Stopwatch watch;
  const auto fetched = client.FetchOne(
      Manifest(At(Hostile().host(), "basic/unhelped"), "latest"),
      In(std::chrono::milliseconds(1500)));
  INFO(script);
  CHECK(watch.Milliseconds() < 2500);
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().reason == Reason::kRegistryUnauthorized);
}

TEST_CASE("a helper that has nothing leaves the request anonymous") {
  const TempFolder folder;
  const std::string path =
      Helper(folder, "test",
             "echo 'credentials not found in native keychain'; exit 1");
  const std::string config =
      folder.Write("config.json", R"({"credsStore":"test"})");
  RegistryClient client(With(config, path));
  CHECK(client.FetchOne(Manifest(At(Hostile().host(), "token/none"), "latest"),
                        In(kDeadline)));
}

}  // namespace
}  // namespace assay::testing
