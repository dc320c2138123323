#include "io/registry/document_client.h"

#include <utility>

#include "io/registry/retry.h"
#include "io/registry/task.h"

namespace assay::registry {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{3000};

Task<HttpAnswer> Send(HttpWorker& worker, const HttpRequest& request) {
  HttpExchange exchange(worker, request);
  HttpAnswer answer = co_await exchange;
  co_return answer;
}

// Asks again where the answer may be another one in a moment.
Task<HttpAnswer> SendPatiently(HttpWorker& worker, const HttpRequest& request) {
  HttpAnswer answer;
  for (int tries = 1;; ++tries) {
    answer = co_await Send(worker, request);
    const bool broken = answer.transport == Transport::kReset ||
                        answer.transport == Transport::kUnreachable;
    const bool throttled =
        answer.transport == Transport::kAnswered && IsWorthRetry(answer.status);
    if (tries == kTries || !(broken || throttled)) break;
    const Deadline then =
        std::chrono::steady_clock::now() +
        RetryDelay(answer.headers.retry_after, tries, worker.Random());
    if (then >= request.deadline) break;
    co_await HttpWorker::Sleep{worker, then};
  }
  co_return answer;
}

}  // namespace

DocumentClient::DocumentClient() : proxies_(ProxyRules::FromProcess()) {}

Result<HttpAnswer> DocumentClient::Ask(const Url& url,
                                       const DocumentRequest& request) {
  RegistryHost host;
  if (!request.ca.empty()) host.ca_files.push_back(request.ca);
  const auto tls = tls_.For(host);
  if (!tls) return tls.error();
  HttpRequest exchange;
  exchange.url = url.str();
  exchange.headers = request.headers;
  exchange.headers.emplace_back("User-Agent: assay");
  exchange.body = request.body;
  exchange.most = request.most;
  exchange.tls = *tls;
  exchange.proxy = proxies_.For(url);
  exchange.guard = request.guard;
  exchange.connect_timeout = kConnectTimeout;
  exchange.deadline = request.deadline;
  HttpPool::Lease lease(pool_);
  auto task = SendPatiently(lease.worker(), exchange);
  task.Start();
  lease.worker().Run();
  return task.Take();
}

}  // namespace assay::registry
