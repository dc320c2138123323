// The part of HostSession that answers challenges.
#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/registry/host_session.h"
#include "io/registry/www_authenticate.h"

namespace assay::registry {
namespace {

using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

// Registries whose token server is known to be another host. Other pairs the
// operator lists as trusted realms.
constexpr std::pair<std::string_view, std::string_view> kTokenServers[] = {
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"}};

// A password is good until the registry refuses it.
constexpr seconds kBasicLifetime{3600};
// Tokens are given up a little before the server does.
constexpr seconds kTokenMargin{5};

Result<std::vector<Challenge>> ReadChallenges(const HttpHeaders& headers) {
  std::vector<Challenge> all;
  for (const std::string& line : headers.www_authenticate) {
    auto some = ParseWwwAuthenticate(line);
    if (!some) return some.error();
    std::move(some->begin(), some->end(), std::back_inserter(all));
  }
  return all;
}

const Challenge* FindScheme(const std::vector<Challenge>& challenges,
                            std::string_view scheme) {
  const auto found =
      std::find_if(challenges.begin(), challenges.end(),
                   [&](const Challenge& one) { return one.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

}  // namespace

// The requests of one call that are challenged together share one answer.
Task<Result<std::string>> HostSession::Authorize(const HttpAnswer& answer,
                                                 const std::string& rejected,
                                                 Deadline deadline) {
  AuthCache& cache = call_.auth;
  cache.Drop(auth_key_, rejected);
  const std::string known = cache.Get(auth_key_);
  if (!known.empty()) co_return known;
  const auto under_way = call_.flights.find(auth_key_);
  if (under_way != call_.flights.end()) {
    const std::shared_ptr<Flight> flight = under_way->second;
    Flight::Landed landed{*flight};
    co_await landed;
    co_return *flight->result;
  }
  const auto flight = std::make_shared<Flight>();
  call_.flights.emplace(auth_key_, flight);
  Result<std::string> result = co_await Obtain(answer, deadline);
  flight->result = result;
  call_.flights.erase(auth_key_);
  for (const auto waiter : flight->waiters) waiter.resume();
  co_return result;
}

Task<Result<std::string>> HostSession::Obtain(const HttpAnswer& answer,
                                              Deadline deadline) {
  const auto challenges = ReadChallenges(answer.headers);
  if (!challenges) co_return challenges.error();
  auto found = FindCredential(deadline);
  if (!found) co_return found.error();
  const Credential credential = found->value_or(Credential());
  if (const Challenge* bearer = FindScheme(*challenges, "bearer")) {
    if (!credential.registry_token.empty()) {
      co_return "Bearer " + credential.registry_token;
    }
    const auto request = TokenRequest::FromChallenge(*bearer, scope_);
    if (!request) co_return request.error();
    auto hop = TokenHop(*request, credential, answer.peer);
    if (!hop) co_return hop.error();
    hop->deadline = deadline;
    Result<std::string> token =
        co_await ObtainToken(*request, credential, *hop);
    co_return token;
  }
  if (FindScheme(*challenges, "basic") == nullptr) {
    co_return Fail(Reason::kRegistryUnauthorized,
                   "neither Basic nor Bearer is offered");
  }
  if (credential.username.empty()) {
    co_return Fail(Reason::kRegistryUnauthorized,
                   "no credentials are configured for " + host_.host);
  }
  std::string basic = credential.Basic();
  call_.auth.Put(auth_key_, basic, SteadyClock::now() + kBasicLifetime);
  co_return basic;
}

// Credentials that came with the question are shown to the registry they are
// for, and to no mirror of it.
Result<std::optional<Credential>> HostSession::FindCredential(
    Deadline deadline) const {
  if (call_.given != nullptr && call_.given->IsFor(host_.host)) {
    return std::optional(call_.given->credential);
  }
  return call_.client.credentials.Find(host_.host, repository_.path(),
                                       deadline);
}

// Whoever answers for the registry may name any realm, so a name alone gets no
// password.
Status HostSession::CheckLogin(const Url& realm) const {
  const auto own = Url::Parse(host_.Address());
  if (own && own->host() == realm.host()) return Ok();
  const bool known = std::any_of(
      std::begin(kTokenServers), std::end(kTokenServers), [&](const auto& one) {
        return own && own->host() == one.first && realm.host() == one.second &&
               realm.secure();
      });
  if (known || IsTrustedRealm(realm)) return Ok();
  return Fail(Reason::kRegistryRealmRefused,
              "the password for " + host_.host + " was not sent to " +
                  realm.Authority() +
                  "; if that is its token server, list it in trusted_realms");
}

Result<HostSession::Hop> HostSession::TokenHop(const TokenRequest& request,
                                               const Credential& credential,
                                               AddressClass peer) const {
  if (!request.realm.secure() && host_.scheme == "https") {
    return Fail(Reason::kRegistryRealmRefused,
                "a token server without TLS: " + request.realm.str());
  }
  auto url = credential.identity_token.empty() ? request.Get()
                                               : Result<Url>(request.realm);
  if (!url) return url.error();
  Hop hop{*url};
  const auto own = Url::Parse(host_.Address());
  if (!own || own->Origin() != hop.url.Origin()) {
    hop.guard = GuardFor(hop.url, peer);
  }
  if (!credential.identity_token.empty() || !credential.username.empty()) {
    if (auto login = CheckLogin(hop.url); !login) return login.error();
  }
  if (!own || own->host() != hop.url.host()) {
    // What was said of the registry's certificate is not said of this one.
    RegistryHost other = host_;
    other.skip_verify = false;
    other.client_cert.clear();
    other.client_key.clear();
    auto tls = call_.client.tls.For(other);
    if (!tls) return tls.error();
    hop.tls = *std::move(tls);
  }
  hop.headers = {"Accept: application/json"};
  hop.most = limits::kTokenBytes;
  if (!credential.identity_token.empty()) {
    hop.form = request.Form(credential.identity_token);
  } else if (!credential.username.empty()) {
    hop.own_headers = {"Authorization: " + credential.Basic()};
  }
  return hop;
}

Task<Result<std::string>> HostSession::ObtainToken(const TokenRequest& request,
                                                   const Credential& credential,
                                                   const Hop& hop) {
  Hop copy = hop;
  const Asked asked = co_await Follow(std::move(copy));
  if (auto problem = asked.Problem(request.realm)) {
    if (problem->reason == Reason::kRegistryNotFound ||
        problem->reason == Reason::kEvidenceTooLarge) {
      problem->reason = Reason::kRegistryProtocol;
    }
    co_return WithContext(*problem, credential.username.empty()
                                        ? "anonymous token"
                                        : "token for " + credential.username);
  }
  const auto token = ReadToken(asked.answer.body);
  if (!token) co_return token.error();
  std::string bearer = "Bearer " + token->value;
  call_.auth.Put(auth_key_, bearer,
                 SteadyClock::now() +
                     std::max(token->lifetime - kTokenMargin, seconds(0)));
  co_return bearer;
}

}  // namespace assay::registry
