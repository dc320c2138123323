#include "io/tuf/tuf_mirror.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/registry/http_worker.h"
#include "io/registry/proxy.h"
#include "io/registry/retry.h"
#include "io/registry/task.h"
#include "io/registry/tls_profile.h"
#include "io/registry/url.h"

namespace assay {
namespace {

using registry::HttpAnswer;
using registry::HttpExchange;
using registry::HttpPool;
using registry::HttpRequest;
using registry::HttpWorker;
using registry::Task;
using registry::Transport;
using registry::Url;

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
    const bool throttled = answer.transport == Transport::kAnswered &&
                           registry::IsWorthRetry(answer.status);
    if (tries == registry::kTries || !(broken || throttled)) break;
    const Deadline then = std::chrono::steady_clock::now() +
                          registry::RetryDelay(answer.headers.retry_after,
                                               tries, worker.Random());
    if (then >= request.deadline) break;
    co_await HttpWorker::Sleep{worker, then};
  }
  co_return answer;
}

// 403 is what object stores answer for what they do not hold.
bool IsAbsent(int status) {
  return status == 404 || status == 403 || status == 410;
}

}  // namespace

class TufMirror::Impl {
 public:
  Impl(Url base, std::string ca)
      : base_(std::move(base)),
        ca_(std::move(ca)),
        proxies_(registry::ProxyRules::FromProcess()) {}

  Result<std::optional<std::string>> Get(const std::string& path,
                                         std::size_t most, Deadline deadline) {
    if (stopped_) return Fail(Reason::kTufMirror, "stopping");
    const auto url = base_.Resolve(path);
    if (!url) return Fail(Reason::kTufMirror, url.error().detail);
    registry::RegistryHost host;
    if (!ca_.empty()) host.ca_files.push_back(ca_);
    const auto tls = tls_.For(host);
    if (!tls) return Fail(Reason::kTufMirror, tls.error().detail);
    HttpRequest request;
    request.url = url->str();
    request.headers = {"User-Agent: assay"};
    request.most = most;
    request.tls = *tls;
    request.proxy = proxies_.For(*url);
    request.guard = registry::AddressGuard::Any();
    request.connect_timeout = kConnectTimeout;
    request.deadline = std::min(
        deadline, std::chrono::steady_clock::now() + limits::kTufFileDeadline);
    HttpPool::Lease lease(pool_);
    auto task = SendPatiently(lease.worker(), request);
    task.Start();
    lease.worker().Run();
    return Read(path, task.Take());
  }

  void Stop() { stopped_ = true; }

 private:
  static Result<std::optional<std::string>> Read(const std::string& path,
                                                 HttpAnswer answer) {
    if (answer.transport == Transport::kTooLarge) {
      return Fail(Reason::kTufTooLarge, path);
    }
    if (answer.transport != Transport::kAnswered) {
      return Fail(Reason::kTufMirror, path + ": " + answer.problem);
    }
    if (answer.status == 200) return std::optional(std::move(answer.body));
    if (IsAbsent(answer.status)) return std::optional<std::string>();
    return Fail(Reason::kTufMirror,
                path + ": status " + std::to_string(answer.status));
  }

  const Url base_;
  const std::string ca_;
  const registry::ProxyRules proxies_;
  registry::TlsProfiles tls_;
  HttpPool pool_;
  std::atomic<bool> stopped_ = false;
};

TufMirror::TufMirror(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TufMirror::~TufMirror() = default;

void TufMirror::Stop() { impl_->Stop(); }

Result<std::unique_ptr<TufMirror>> TufMirror::Open(
    const TufSettings& settings) {
  std::string text = settings.mirror;
  if (!text.ends_with('/')) text += '/';
  auto url = Url::Parse(text);
  if (!url) return Fail(Reason::kConfigurationMalformed, url.error().detail);
  if (!url->secure() && !registry::IsLoopbackHost(url->host())) {
    return Fail(Reason::kConfigurationMalformed,
                "[trust.tuf] mirror: plain http is for this host alone");
  }
  return std::unique_ptr<TufMirror>(
      new TufMirror(std::make_unique<Impl>(*std::move(url), settings.ca)));
}

Result<std::optional<std::string>> TufMirror::Get(std::string_view path,
                                                  std::size_t most,
                                                  Deadline deadline) {
  try {
    return impl_->Get(std::string(path), most, deadline);
  } catch (const std::exception& problem) {
    return Fail(Reason::kInternal, Printable(problem.what()));
  }
}

}  // namespace assay
