#include "io/registry/fetch.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/subject/manifest.h"
#include "io/registry/host_session.h"
#include "io/registry/link_header.h"
#include "io/registry/signature_store.h"

namespace assay::registry {
namespace {

using SteadyClock = std::chrono::steady_clock;

// One request at one host.
class HostFetch {
 public:
  HostFetch(HostSession& session, const RegistryHost& host,
            const FetchRequest& request, const std::optional<Digest>& digest,
            Deadline deadline)
      : session_(session),
        host_(host),
        request_(request),
        digest_(digest),
        deadline_(deadline) {}

  Task<Result<Fetched>> Run(Url url) {
    if (request_.kind == FetchKind::kReferrers)
      return Referrers(std::move(url));
    return Document(std::move(url));
  }

 private:
  Task<Result<Fetched>> Document(Url url) {
    const bool manifest = request_.kind == FetchKind::kManifest;
    const Ask ask{url, manifest ? ManifestTypes() : "*/*", request_.most,
                  deadline_};
    Asked asked = co_await session_.Get(ask);
    if (const auto problem = asked.Problem(url)) co_return *problem;
    Fetched fetched;
    fetched.bytes = std::move(asked.answer.body);
    fetched.media_type = asked.answer.headers.content_type;
    if (digest_ && !digest_->Matches(fetched.bytes)) {
      co_return Fail(Reason::kManifestDigestMismatch, url.str());
    }
    fetched.digest = digest_ ? *digest_ : Digest::Of(fetched.bytes);
    co_return fetched;
  }

  // Only the exact media type says that the API exists (distribution
  // specification, "Listing Referrers"). No filter is sent: some registries
  // filter wrongly, and the list is short.
  Task<Result<Fetched>> Referrers(Url url) {
    Fetched fetched;
    std::set<std::string> seen;
    for (;;) {
      if (seen.size() == limits::kReferrerPages) {
        co_return Fail(Reason::kEvidenceTooMany,
                       url.str() + ": too many pages of referrers");
      }
      seen.insert(url.str());
      const Ask ask{url, std::string(kOciIndex), limits::kIndexBytes,
                    deadline_};
      const Asked asked = co_await session_.Get(ask);
      if (const auto problem = PageProblem(asked, url)) co_return *problem;
      if (const auto problem = AddPage(asked.answer.body, fetched)) {
        co_return WithContext(*problem, url.str());
      }
      const auto next = NextPage(asked.answer.headers, url);
      if (!next) co_return WithContext(next.error(), url.str());
      if (!*next) co_return fetched;
      if (seen.contains((*next)->str())) {
        co_return Fail(Reason::kRegistryProtocol,
                       url.str() + ": the pages of referrers form a loop");
      }
      url = **next;
    }
  }

  static std::string ManifestTypes() {
    std::string types;
    for (const std::string_view type :
         {kOciManifest, kOciIndex, kDockerManifest, kDockerIndex}) {
      types.append(types.empty() ? "" : ", ").append(type);
    }
    return types;
  }

  std::optional<Error> PageProblem(const Asked& asked, const Url& url) const {
    const HttpAnswer& answer = asked.answer;
    const bool answered =
        !asked.refusal && answer.transport == Transport::kAnswered;
    const bool other_type =
        answer.status == 200 && answer.headers.content_type != kOciIndex;
    const bool bad_request =
        answer.status == 400 &&
        (!host_.guessed_plain ||
         answer.headers.content_type == "application/json");
    if (answered && (bad_request || answer.status == 406 || other_type)) {
      return Fail(Reason::kRegistryNotFound,
                  url.str() + ": the registry has no referrers API");
    }
    return asked.Problem(url);
  }

  static std::optional<Error> AddPage(const std::string& body,
                                      Fetched& fetched) {
    auto index = ImageIndex::Parse(body);
    if (!index) {
      const bool many = index.error().reason == Reason::kTooLarge;
      return Fail(many ? Reason::kEvidenceTooMany : Reason::kRegistryProtocol,
                  std::string(Describe(index.error().reason).id) + " " +
                      index.error().detail);
    }
    std::move(index->manifests.begin(), index->manifests.end(),
              std::back_inserter(fetched.referrers));
    if (fetched.referrers.size() > limits::kArtifactsPerImage) {
      return Fail(Reason::kEvidenceTooMany,
                  "more than " + std::to_string(limits::kArtifactsPerImage) +
                      " referrers");
    }
    return std::nullopt;
  }

  static Result<std::optional<Url>> NextPage(const HttpHeaders& headers,
                                             const Url& url) {
    std::optional<std::string> target;
    for (const std::string& line : headers.link) {
      const auto next = NextLink(line);
      if (!next) return next.error();
      if (*next && target) {
        return Fail(Reason::kRegistryProtocol, "two next pages");
      }
      if (*next) target = *next;
    }
    if (!target) return std::optional<Url>();
    const auto next = url.Resolve(*target);
    if (!next) return next.error();
    if (next->Origin() != url.Origin()) {
      return Fail(
          Reason::kRegistryProtocol,
          "the next page is on another server: " + Printable(next->str()));
    }
    return std::optional<Url>(*next);
  }

  HostSession& session_;
  const RegistryHost& host_;
  const FetchRequest& request_;
  const std::optional<Digest>& digest_;
  Deadline deadline_;
};

bool IsTag(std::string_view text) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 128 && word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return word(c) || c == '.' || c == '-'; });
}

// The digest that is asked for; nullopt for a tag, trust data and a store.
Result<std::optional<Digest>> ReadWhat(const FetchRequest& request) {
  if (request.kind == FetchKind::kTrustData ||
      request.kind == FetchKind::kSignatureStore ||
      (request.kind == FetchKind::kManifest && IsTag(request.what))) {
    return std::optional<Digest>();
  }
  auto digest = Digest::Parse(request.what);
  if (!digest) return digest.error();
  return std::optional(std::move(*digest));
}

// Mirrors are told whose content is wanted.
bool IsMirror(const RegistryHost& host, const std::string& registry) {
  return host.host != registry &&
         !(registry == "docker.io" && host.host == "registry-1.docker.io");
}

// Where no host has the registry's name, the last stands for it.
bool IsRegistry(const RegistryHost& host,
                const std::vector<RegistryHost>& hosts,
                const std::string& registry) {
  const bool named = std::any_of(
      hosts.begin(), hosts.end(),
      [&](const RegistryHost& one) { return !IsMirror(one, registry); });
  return named ? !IsMirror(host, registry) : host.host == hosts.back().host;
}

bool MayAnswer(const RegistryHost& host, const std::vector<RegistryHost>& hosts,
               const FetchRequest& request, bool by_digest) {
  switch (request.kind) {
    case FetchKind::kReferrers:
      return host.referrers;
    case FetchKind::kSignatureStore:
    case FetchKind::kSignatures:
      return IsRegistry(host, hosts, request.repository.host());
    case FetchKind::kTrustData:
      return true;
    case FetchKind::kManifest:
    case FetchKind::kBlob:
      break;
  }
  return by_digest ? host.pull : host.resolve;
}

Result<Url> ServerOf(Call& call, const RegistryHost& host) {
  const std::string address = host.Address();
  const auto known = call.servers.find(address);
  if (known != call.servers.end()) return known->second;
  auto url = Url::Parse(address);
  if (url) call.servers.emplace(address, *url);
  return url;
}

Result<Url> MakeUrl(const Url& server, const RegistryHost& host,
                    const FetchRequest& request) {
  if (request.kind == FetchKind::kTrustData) {
    return server.At(host.path + "/" + request.repository.Repository() +
                     "/_trust/tuf/" + request.what);
  }
  if (request.kind == FetchKind::kSignatureStore) {
    return server.At(host.path + "/");
  }
  if (request.kind == FetchKind::kSignatures) {
    return server.At(SignaturesPath(request.repository, request.what));
  }
  std::string_view folder = "/manifests/";
  if (request.kind == FetchKind::kBlob) folder = "/blobs/";
  if (request.kind == FetchKind::kReferrers) folder = "/referrers/";
  const Reference& repository = request.repository;
  auto url = server.At(host.path + "/" + repository.path() +
                       std::string(folder) + request.what);
  if (!url || !IsMirror(host, repository.host())) return url;
  return url->WithQuery("ns", repository.host());
}

// A host that is not the last may use half of the time that is left.
Deadline Share(const std::vector<RegistryHost>& hosts, std::size_t index,
               Deadline deadline) {
  const bool more = std::any_of(
      hosts.begin() + static_cast<std::ptrdiff_t>(index) + 1, hosts.end(),
      [](const RegistryHost& host) { return !host.only_if_not_http; });
  const Deadline now = SteadyClock::now();
  return more && deadline > now ? now + (deadline - now) / 2 : deadline;
}

Task<Result<Fetched>> FetchFrom(Call& call, const RegistryHost& host,
                                const FetchRequest& request,
                                const std::optional<Digest>& digest,
                                Deadline deadline) {
  const auto server = ServerOf(call, host);
  if (!server) co_return server.error();
  const auto url = MakeUrl(*server, host, request);
  if (!url) co_return url.error();
  auto tls = call.client.tls.For(host);
  if (!tls) co_return WithContext(tls.error(), host.Address());
  HostSession session(call, host, *tls, request);
  if (request.kind == FetchKind::kSignatureStore) {
    Result<Fetched> found = co_await FindSignatureStore(
        call.client.signature_stores, host, session, *url, deadline);
    co_return found;
  }
  if (request.kind == FetchKind::kSignatures) {
    Result<Fetched> list =
        co_await FetchSignatures(session, *url, request.most, deadline);
    co_return list;
  }
  HostFetch fetch(session, host, request, digest, deadline);
  Result<Fetched> fetched = co_await fetch.Run(*url);
  co_return fetched;
}

bool LooksLikeTls(const Error& error) {
  return error.reason == Reason::kRegistryProtocol ||
         error.reason == Reason::kRegistryUnreachable;
}

const Result<std::vector<RegistryHost>>& HostsOf(Call& call,
                                                 const std::string& registry) {
  const auto known = call.hosts.find(registry);
  if (known != call.hosts.end()) return known->second;
  auto found =
      FindHosts(call.client.options.hosts_dirs, registry, call.client.hosts);
  return call.hosts.emplace(registry, std::move(found)).first->second;
}

constexpr std::string_view kDockerHub = "docker.io";
constexpr std::string_view kDockerNotary = "https://notary.docker.io";

// A server that the operator named: what files say of a host of that name, its
// authorities say, holds for it, too.
Result<std::vector<RegistryHost>> NamedServer(Call& call,
                                              const std::string& address) {
  const auto url = Url::Parse(address);
  if (!url) return url.error();
  const std::string rest = address.substr(address.find("://") + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string authority = rest.substr(0, slash);
  const auto& known = HostsOf(call, authority);
  if (!known) return known.error();
  RegistryHost host;
  if (known->back().host == authority) host = known->back();
  host.scheme = url->secure() ? "https" : "http";
  host.host = authority;
  host.path = rest.substr(slash) + "/v2";
  host.guessed_plain = host.only_if_not_http = host.from_name = false;
  return std::vector<RegistryHost>{std::move(host)};
}

// The registry itself, or the server that goes with it: no mirror.
Result<std::vector<RegistryHost>> TrustServersOf(Call& call,
                                                 const FetchRequest& request) {
  const std::string& registry = request.repository.host();
  if (!request.server.empty()) return NamedServer(call, request.server);
  if (registry == kDockerHub) {
    return NamedServer(call, std::string(kDockerNotary));
  }
  auto hosts = HostsOf(call, registry);
  if (!hosts) return hosts;
  const std::string own = hosts->back().host;
  std::erase_if(*hosts,
                [&](const RegistryHost& one) { return one.host != own; });
  return hosts;
}

Result<std::vector<RegistryHost>> WhoAnswers(Call& call,
                                             const FetchRequest& request) {
  if (request.kind == FetchKind::kTrustData) {
    return TrustServersOf(call, request);
  }
  return HostsOf(call, request.repository.host());
}

}  // namespace

// Of several failures the last counts: the registry itself is asked last, and
// a mirror that does not have something proves nothing.
Task<Result<Fetched>> Fetch(Call& call, const FetchRequest& request,
                            Deadline deadline) {
  const auto digest = ReadWhat(request);
  if (!digest) co_return digest.error();
  const auto hosts = WhoAnswers(call, request);
  if (!hosts) co_return hosts.error();
  std::optional<Error> failure;
  for (std::size_t i = 0; i < hosts->size(); ++i) {
    const RegistryHost& host = (*hosts)[i];
    if (!MayAnswer(host, *hosts, request, digest->has_value())) continue;
    const bool second_try = host.only_if_not_http;
    if (second_try && failure && !LooksLikeTls(*failure)) continue;
    Result<Fetched> fetched = co_await FetchFrom(call, host, request, *digest,
                                                 Share(*hosts, i, deadline));
    if (fetched) co_return fetched;
    Error error = fetched.error();
    if (second_try && error.reason == Reason::kRegistryTls) continue;
    if (failure) error.detail += "; before: " + failure->detail;
    failure = std::move(error);
  }
  if (failure) co_return *failure;
  co_return Fail(
      Reason::kRegistryNotFound,
      "hosts.toml lets no host answer for " + request.repository.host());
}

}  // namespace assay::registry
