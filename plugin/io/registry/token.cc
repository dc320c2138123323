#include "io/registry/token.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"

namespace assay::registry {
namespace {

constexpr std::size_t kScopes = 8;
constexpr std::int64_t kLongestLifetime = 24L * 3600;

// "repository:NAME:pull,push" becomes "repository:NAME:pull".
std::string OnlyPull(std::string scope) {
  const std::size_t colon = scope.rfind(':');
  if (scope.starts_with("repository:") && colon >= sizeof "repository:" - 1) {
    scope.resize(colon);
    scope += ":pull";
  }
  return scope;
}

std::vector<std::string> SplitScopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (space != 0)
      scopes.push_back(OnlyPull(std::string(text.substr(0, space))));
    text.remove_prefix(space == std::string_view::npos ? text.size()
                                                       : space + 1);
  }
  return scopes;
}

// Only what may stand in a header line (RFC 6750 section 2.1).
bool IsTokenText(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F;
  });
}

}  // namespace

Result<TokenRequest> TokenRequest::FromChallenge(const Challenge& challenge,
                                                 std::string_view path) {
  auto realm = Url::Parse(challenge.Param("realm"));
  if (!realm) return WithContext(realm.error(), "realm of the token server");
  auto scopes = SplitScopes(challenge.Param("scope"));
  if (scopes.empty()) {
    scopes.push_back("repository:" + std::string(path) + ":pull");
  }
  if (scopes.size() > kScopes) {
    return Fail(Reason::kRegistryProtocol, "too many scopes in a challenge");
  }
  return TokenRequest{std::move(*realm), challenge.Param("service"),
                      std::move(scopes)};
}

Result<Url> TokenRequest::Get() const {
  Result<Url> url = realm;
  if (!service.empty()) url = url->WithQuery("service", service);
  for (const std::string& scope : scopes) {
    if (url) url = url->WithQuery("scope", scope);
  }
  return url;
}

std::string TokenRequest::Form(std::string_view refresh_token) const {
  std::string all;
  for (const std::string& scope : scopes) {
    all.append(all.empty() ? "" : " ").append(scope);
  }
  return "grant_type=refresh_token&client_id=assay&service=" +
         PercentEncode(service) + "&scope=" + PercentEncode(all) +
         "&refresh_token=" + PercentEncode(refresh_token);
}

Result<Token> ReadToken(std::string_view json) {
  const auto answer = Json::Parse(json, limits::kTokenBytes);
  if (!answer) {
    return Fail(Reason::kRegistryProtocol,
                "the token server's answer: " + answer.error().detail);
  }
  const std::string* value = answer->FindString("token");
  if (value == nullptr || value->empty()) {
    value = answer->FindString("access_token");
  }
  if (value == nullptr || !IsTokenText(*value)) {
    return Fail(Reason::kRegistryProtocol, "no token in the server's answer");
  }
  Token token{*value};
  if (const auto* lifetime = answer->FindInt("expires_in")) {
    token.lifetime = std::chrono::seconds(
        std::clamp(*lifetime, std::int64_t{0}, kLongestLifetime));
  }
  return token;
}

}  // namespace assay::registry
