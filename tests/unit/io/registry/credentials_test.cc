#include "io/registry/credentials.h"

#include "io/registry/token.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

namespace assay::registry {
namespace {

using testing::TempFolder;

// The user that a config.json has for a host and path; "" for none, the
// reason's id when it cannot be read.
std::string UserFor(const std::string& json, std::string_view host,
                    std::string_view path = "team/app") {
  const TempFolder folder;
  const Credentials credentials(
      {folder / "missing.json", folder.Write("config.json", json)}, "");
  const auto found = credentials.Find(
      host, path, std::chrono::steady_clock::now() + std::chrono::seconds(2));
  if (!found) return std::string(Describe(found.error().reason).id);
  return *found ? (*found)->username : "";
}

std::string Entry(const std::string& key, const std::string& user) {
  return "\"" + key + R"(":{"username":")" + user + R"(","password":"p"})";
}

std::string Auths(const std::string& entries) {
  return R"({"auths":{)" + entries + "}}";
}

TEST_CASE("keys are found in the forms that tools write") {
  const std::string host = "r.example.com";
  CHECK(UserFor(Auths(Entry("r.example.com", "a")), host) == "a");
  CHECK(UserFor(Auths(Entry("https://r.example.com", "a")), host) == "a");
  CHECK(UserFor(Auths(Entry("https://r.example.com/v1/", "a")), host) == "a");
  CHECK(UserFor(Auths(Entry("r.example.com:5000", "a")), host).empty());
  CHECK(UserFor(Auths(Entry("example.com", "a")), host).empty());
  const std::string hub = Auths(Entry("https://index.docker.io/v1/", "a"));
  CHECK(UserFor(hub, "registry-1.docker.io") == "a");
  CHECK(UserFor(hub, "docker.io") == "a");
  CHECK(UserFor(hub, host).empty());
}

TEST_CASE("the longest path counts, and only whole components") {
  const std::string json = Auths(Entry("r.example.com", "host") + "," +
                                 Entry("r.example.com/team", "team") + "," +
                                 Entry("r.example.com/team/app", "app"));
  CHECK(UserFor(json, "r.example.com", "team/app") == "app");
  CHECK(UserFor(json, "r.example.com", "team/app/x") == "app");
  CHECK(UserFor(json, "r.example.com", "team/application") == "team");
  CHECK(UserFor(json, "r.example.com", "teams") == "host");
}

TEST_CASE("auth is base64 of user and password") {
  CHECK(UserFor(R"({"auths":{"h":{"auth":"dTpwOnE="}}})", "h") == "u");
  CHECK(UserFor(R"({"auths":{"h":{}}})", "h").empty());
  CHECK(UserFor(R"({"auths":{"h":{"auth":"dQ=="}}})", "h") ==
        "configuration-malformed");
  CHECK(UserFor(R"({"auths":{"h":{"auth":"!"}}})", "h") ==
        "configuration-malformed");
  CHECK(UserFor("[]", "h") == "configuration-malformed");
  CHECK(UserFor(R"({"auths":{},"auths":{}})", "h") ==
        "configuration-malformed");
}

TEST_CASE("a helper that is not there is an error, not anonymity") {
  CHECK(UserFor(R"({"credHelpers":{"h":"none"}})", "h") ==
        "registry-unauthorized");
  CHECK(UserFor(R"({"credsStore":"../../bin/sh"})", "h") ==
        "registry-unauthorized");
  CHECK(UserFor(R"({"credHelpers":{"other":"none"}})", "h").empty());
}

Challenge Bearer(const std::string& realm, const std::string& scope) {
  return {"bearer", {{"realm", realm}, {"service", "s"}, {"scope", scope}}};
}

TEST_CASE("a token request asks for pull alone") {
  const auto request = TokenRequest::FromChallenge(
      Bearer("https://auth.example.com/token?a=b",
             "repository:a/b:pull,push  repository:c:* aws"),
      "x");
  REQUIRE(request);
  CHECK(request->scopes == std::vector<std::string>{"repository:a/b:pull",
                                                    "repository:c:pull",
                                                    "aws"});
  CHECK(request->Get()->str() ==
        "https://auth.example.com/token?a=b&service=s"
        "&scope=repository%3Aa%2Fb%3Apull&scope=repository%3Ac%3Apull"
        "&scope=aws");
  const auto own =
      TokenRequest::FromChallenge(Bearer("https://auth.example.com/", ""), "x");
  REQUIRE(own);
  CHECK(own->scopes == std::vector<std::string>{"repository:x:pull"});
  CHECK(own->Form("a&b") ==
        "grant_type=refresh_token&client_id=assay&service=s"
        "&scope=repository%3Ax%3Apull&refresh_token=a%26b");
}

TEST_CASE("a realm must be an address of the web") {
  const auto realm = GENERATE("", "auth.example.com/x y", "file:///x",
                              "https://u:p@auth.example.com/");
  const auto request = TokenRequest::FromChallenge(Bearer(realm, ""), "x");
  REQUIRE_FALSE(request);
  CHECK(request.error().reason == Reason::kRegistryProtocol);
}

TEST_CASE("tokens are read from either member") {
  using std::chrono::seconds;
  CHECK(ReadToken(R"({"token":"a"})")->value == "a");
  CHECK(ReadToken(R"({"token":"a"})")->lifetime == seconds(60));
  CHECK(ReadToken(R"({"token":"","access_token":"b"})")->value == "b");
  CHECK(ReadToken(R"({"token":"a","expires_in":-5})")->lifetime == seconds(0));
  CHECK(ReadToken(R"({"token":"a","expires_in":999999999})")->lifetime ==
        seconds(86'400));
}

TEST_CASE("what cannot stand in a header is no token") {
  const auto json = GENERATE(
      as<std::string>(), "", "{}", "[]", R"({"token":1})", R"({"token":"a b"})",
      R"({"token":"a\r\nX: y"})", R"({"token":"a","token":"b"})");
  const auto token = ReadToken(json);
  REQUIRE_FALSE(token);
  CHECK(token.error().reason == Reason::kRegistryProtocol);
}

}  // namespace
}  // namespace assay::registry
