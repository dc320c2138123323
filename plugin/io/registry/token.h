// Bearer tokens: the request to a token server that a challenge names, and its
// answer (distribution specification, token.md and oauth.md).
#ifndef ASSAY_IO_REGISTRY_TOKEN_H_
#define ASSAY_IO_REGISTRY_TOKEN_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/registry/credentials.h"
#include "io/registry/url.h"
#include "io/registry/www_authenticate.h"

namespace assay::registry {

// What a challenge asks for, reduced to what Assay needs: of a repository only
// "pull" is ever requested, whatever the registry would like us to hold.
struct TokenRequest {
  Url realm;
  std::string service;
  std::vector<std::string> scopes;

  // `path` is the repository to ask for where the challenge names none.
  // Errors: kRegistryProtocol.
  static Result<TokenRequest> FromChallenge(const Challenge& challenge,
                                            std::string_view path);

  // The address of a GET with basic or no credentials.
  Result<Url> Get() const;
  // The form of a POST with a refresh token.
  std::string Form(std::string_view refresh_token) const;
};

struct Token {
  std::string value;
  std::chrono::seconds lifetime{60};
};

// Errors: kRegistryProtocol.
Result<Token> ReadToken(std::string_view json);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_TOKEN_H_
