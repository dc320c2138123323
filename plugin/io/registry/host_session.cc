#include "io/registry/host_session.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/registry/retry.h"

namespace assay::registry {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

Error TransportError(const HttpAnswer& answer) {
  switch (answer.transport) {
    case Transport::kUnreachable:
    case Transport::kReset:
    case Transport::kAnswered:
      return Fail(Reason::kRegistryUnreachable, answer.problem);
    case Transport::kNotHttp:
      return Fail(Reason::kRegistryProtocol, answer.problem);
    case Transport::kTls:
      return Fail(Reason::kRegistryTls, answer.problem);
    case Transport::kStalled:
      return Fail(Reason::kDeadline, "no complete answer in time");
    case Transport::kTooLarge:
      return Fail(Reason::kEvidenceTooLarge, "the answer is over its limit");
    case Transport::kForbiddenAddress:
      return Fail(Reason::kRegistryRealmRefused,
                  "an address that a server there may not name");
  }
  return Fail(Reason::kRegistryUnreachable, answer.problem);
}

Reason ReasonOf(int status) {
  if (status == 401 || status == 403) return Reason::kRegistryUnauthorized;
  if (status == 404) return Reason::kRegistryNotFound;
  if (status == 429) return Reason::kRegistryThrottled;
  if (status >= 500) return Reason::kRegistryUnreachable;
  return Reason::kRegistryProtocol;
}

// Trust data is of a repository whose name begins with its registry, also for
// who gives tokens out.
std::string ScopeOf(const FetchRequest& request) {
  return request.kind == FetchKind::kTrustData ? request.repository.Repository()
                                               : request.repository.path();
}

}  // namespace

std::optional<Error> Asked::Problem(const Url& url) const {
  if (refusal) return WithContext(*refusal, url.str());
  if (answer.transport != Transport::kAnswered) {
    return WithContext(TransportError(answer), url.str());
  }
  if (answer.status == 200) return std::nullopt;
  return Fail(ReasonOf(answer.status),
              url.str() + ": HTTP status " + std::to_string(answer.status));
}

HostSession::HostSession(Call& call, const RegistryHost& host,
                         std::shared_ptr<const TlsProfile> tls,
                         const FetchRequest& request)
    : call_(call),
      host_(host),
      tls_(std::move(tls)),
      repository_(request.repository),
      scope_(ScopeOf(request)),
      claimed_(request.claimed && host.from_name),
      auth_key_(host.Address() + host.path + "/" + scope_) {}

Task<Asked> HostSession::Get(const Ask& ask) {
  for (int tries = 1;; ++tries) {
    Asked asked = co_await GetAuthorized(ask);
    const auto when = RetryAt(asked, tries);
    if (!when || *when >= ask.deadline) co_return asked;
    HttpWorker::Sleep sleep{call_.worker, *when};
    co_await sleep;
  }
}

std::optional<Deadline> HostSession::RetryAt(const Asked& asked,
                                             int tries) const {
  if (asked.refusal || tries >= kTries) return std::nullopt;
  const HttpAnswer& answer = asked.answer;
  const bool reset = answer.transport == Transport::kReset;
  const bool busy =
      answer.transport == Transport::kAnswered && IsWorthRetry(answer.status);
  if (!reset && !busy) return std::nullopt;
  return SteadyClock::now() +
         RetryDelay(answer.headers.retry_after, tries, call_.worker.Random());
}

// A registry that refuses a fresh authorization is not asked again.
Task<Asked> HostSession::GetAuthorized(const Ask& ask) {
  std::string authorization = ask.anonymous ? "" : call_.auth.Get(auth_key_);
  for (bool fresh = false;; fresh = true) {
    Hop hop{ask.url, FirstGuard(ask.url)};
    hop.headers = {"Accept: " + ask.accept};
    hop.own_headers = host_.headers;
    if (!authorization.empty()) {
      hop.own_headers.push_back("Authorization: " + authorization);
    }
    hop.most = ask.most;
    hop.deadline = ask.deadline;
    Asked asked = co_await Follow(std::move(hop));
    const bool challenged = !asked.refusal && !asked.foreign &&
                            asked.answer.transport == Transport::kAnswered &&
                            asked.answer.status == 401;
    if (!challenged || fresh || ask.anonymous) co_return asked;
    Result<std::string> next =
        co_await Authorize(asked.answer, authorization, ask.deadline);
    if (!next) {
      asked.refusal = next.error();
      co_return asked;
    }
    authorization = *next;
  }
}

Task<Asked> HostSession::Follow(Hop hop) {
  Asked asked;
  const std::string origin = hop.url.Origin();
  for (int redirects = 0;; ++redirects) {
    const std::string literal = hop.url.host();
    const auto address = ClassifyLiteral(literal);
    if (address && !hop.guard.Allows(*address)) {
      asked.answer = {};
      asked.answer.transport = Transport::kForbiddenAddress;
      co_return asked;
    }
    const HttpRequest request = MakeRequest(hop);
    HttpExchange exchange(call_.worker, request);
    asked.answer = co_await exchange;
    if (asked.answer.transport != Transport::kAnswered ||
        !IsRedirect(asked.answer.status)) {
      co_return asked;
    }
    asked.refusal = redirects < limits::kRedirects
                        ? Redirect(asked.answer, hop)
                        : Fail(Reason::kRegistryProtocol, "too many redirects");
    if (asked.refusal) co_return asked;
    asked.foreign = asked.foreign || hop.url.Origin() != origin;
  }
}

// Moves `hop` to where the answer points.
std::optional<Error> HostSession::Redirect(const HttpAnswer& answer,
                                           Hop& hop) const {
  const auto next = hop.url.Resolve(answer.headers.location);
  if (!next) return WithContext(next.error(), "redirect");
  if (hop.form) {
    return Fail(Reason::kRegistryProtocol, "a token server that redirects");
  }
  if (hop.url.secure() && !next->secure()) {
    return Fail(Reason::kRegistryProtocol,
                "redirect from https to http: " + Printable(next->str()));
  }
  if (next->Origin() != hop.url.Origin()) {
    hop.own_headers.clear();
    hop.guard = GuardFor(*next, answer.peer);
  }
  hop.url = *next;
  return std::nullopt;
}

bool HostSession::IsTrustedRealm(const Url& url) const {
  const auto& trusted = call_.client.options.trusted_realms;
  return std::any_of(
      trusted.begin(), trusted.end(), [&](const std::string& one) {
        const HostPort parts = SplitHostPort(one);
        return parts.host == url.host() &&
               (parts.port.empty() ? url.Authority() == one + ":443"
                                   : parts.port == url.port());
      });
}

AddressGuard HostSession::GuardFor(const Url& url,
                                   AddressClass named_by) const {
  return IsTrustedRealm(url) ? AddressGuard::Any()
                             : AddressGuard::LikeServer(named_by);
}

// A name that only an image gives leads no further than a public server's word.
AddressGuard HostSession::FirstGuard(const Url& url) const {
  return claimed_ ? GuardFor(url, AddressClass::kPublic) : AddressGuard::Any();
}

HttpRequest HostSession::MakeRequest(const Hop& hop) const {
  HttpRequest request;
  request.url = hop.url.str();
  request.headers = hop.headers;
  request.headers.insert(request.headers.end(), hop.own_headers.begin(),
                         hop.own_headers.end());
  request.headers.push_back("User-Agent: " + call_.client.options.user_agent);
  request.body = hop.form;
  request.most = hop.most;
  request.tls = hop.tls ? hop.tls : tls_;
  request.proxy = call_.client.proxies.For(hop.url);
  request.guard = hop.guard;
  request.connect_timeout =
      host_.dial_timeout.value_or(milliseconds(limits::kRegistryDeadline));
  request.deadline = hop.deadline;
  return request;
}

}  // namespace assay::registry
