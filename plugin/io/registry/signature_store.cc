#include "io/registry/signature_store.h"

#include <chrono>
#include <utility>

#include "base/limits.h"

namespace assay::registry {
namespace {

// So long a registry that begins or ceases to have one is not believed.
constexpr std::chrono::minutes kStoreLifetime{10};
constexpr const char* kHasStore = "1";
constexpr const char* kHasNoStore = "0";

// Any answer that a registry gives to GET /v2/, with 404 for one that does not
// know it.
std::optional<Error> PingProblem(const Asked& asked, const Url& url) {
  const HttpAnswer& answer = asked.answer;
  if (!asked.refusal && answer.transport == Transport::kAnswered &&
      (answer.status == 401 || answer.status == 404)) {
    return std::nullopt;
  }
  return asked.Problem(url);
}

}  // namespace

std::string SignaturesPath(const Reference& repository,
                           const std::string& digest) {
  return "/extensions/v2/" + repository.path() + "/signatures/" + digest;
}

Task<Result<Fetched>> FindSignatureStore(AuthCache& known,
                                         const RegistryHost& host,
                                         HostSession& session, Url url,
                                         Deadline deadline) {
  std::string told = known.Get(host.Address());
  if (told.empty()) {
    Ask ask{url, "*/*", limits::kIndexBytes, deadline};
    ask.anonymous = true;
    const Asked asked = co_await session.Get(ask);
    if (const auto problem = PingProblem(asked, url)) co_return *problem;
    const HttpAnswer& answer = asked.answer;
    const bool has = !asked.foreign && answer.status != 404 &&
                     answer.headers.stores_signatures;
    told = has ? kHasStore : kHasNoStore;
    known.Put(host.Address(), told,
              std::chrono::steady_clock::now() + kStoreLifetime);
  }
  if (told == kHasStore) co_return Fetched();
  co_return Fail(Reason::kRegistryNotFound,
                 url.str() + ": the registry stores no signatures");
}

Task<Result<Fetched>> FetchSignatures(HostSession& session, Url url,
                                      std::size_t most, Deadline deadline) {
  const Ask ask{url, "application/json", most, deadline};
  Asked asked = co_await session.Get(ask);
  if (const auto problem = asked.Problem(url)) co_return *problem;
  if (asked.foreign) {
    co_return Fail(Reason::kRegistryProtocol,
                   url.str() + ": leads to another server");
  }
  Fetched fetched;
  fetched.bytes = std::move(asked.answer.body);
  fetched.media_type = asked.answer.headers.content_type;
  co_return fetched;
}

}  // namespace assay::registry
