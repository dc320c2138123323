#include "io/kubernetes/cluster_client.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/registry/http_worker.h"
#include "io/registry/proxy.h"
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
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{3000};
constexpr milliseconds kFirstRetry{500};  // doubled with each failure
constexpr milliseconds kLastRetry{30'000};
// A watch that the server ends sooner is no better than a failed one.
constexpr milliseconds kShortestWatch{1000};
// How much longer than it was asked to a server may keep a watch.
constexpr std::chrono::seconds kWatchGrace{30};

Error UnreachableServer(std::string detail) {
  return Fail(Reason::kKubernetesUnreachable, std::move(detail));
}

Status JudgeAnswer(const HttpAnswer& answer) {
  if (answer.transport == Transport::kTooLarge) {
    return Fail(Reason::kKubernetesProtocol, "the answer is too large");
  }
  if (answer.transport != Transport::kAnswered) {
    return UnreachableServer(answer.problem);
  }
  const int status = answer.status;
  if (status == 200) return Ok();
  const std::string text = "status " + std::to_string(status);
  if (status == 401 || status == 403) {
    return Fail(Reason::kKubernetesForbidden, text);
  }
  if (status == 429 || status >= 500) return UnreachableServer(text);
  return Fail(Reason::kKubernetesProtocol, text);
}

// How a watch went on after a version.
struct Watched {
  std::string version;    // the last one that was told
  std::string cluster;    // whose it is
  bool expired = false;   // list anew
  bool progress = false;  // something was told
};

}  // namespace

class ClusterClient::Impl {
 public:
  explicit Impl(std::function<Result<ClusterAccess>()> access)
      : access_(std::move(access)),
        proxies_(registry::ProxyRules::FromProcess()) {}

  Result<ListedObject> Get(const ClusterObject& object) {
    HttpPool::Lease lease(pool_);
    auto task = List(lease.worker(), object);
    task.Start();
    lease.worker().Run();
    return task.Take();
  }

  void Follow(const std::set<ClusterObject>& objects, const ClusterEars& ears) {
    HttpPool::Lease lease(pool_);
    const Following following(*this, lease.worker());
    if (!following.begun()) return;
    std::vector<Task<Done>> tasks;
    for (const ClusterObject& object : objects) {
      tasks.push_back(FollowOne(lease.worker(), object, ears));
    }
    for (auto& task : tasks) task.Start();
    lease.worker().Run();
  }

  void Stop() {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
    if (running_ != nullptr) running_->Interrupt();
  }

 private:
  // While it lives, Stop knows the worker; however the following ends, it does
  // not afterwards.
  class Following {
   public:
    Following(Impl& impl, HttpWorker& worker)
        : impl_(impl), begun_(impl.Begin(worker)) {}
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;
    ~Following() {
      if (begun_) impl_.End();
    }

    bool begun() const { return begun_; }

   private:
    Impl& impl_;
    const bool begun_;
  };

  bool Begin(HttpWorker& worker) {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(stop_, false)) return false;
    running_ = &worker;
    return true;
  }

  void End() {
    const std::scoped_lock lock(mutex_);
    running_ = nullptr;
    stop_ = false;
  }

  // All but deadline, `most` and sink; and who is asked.
  Result<HttpRequest> Prepare(const std::string& path, std::string& cluster) {
    auto access = access_();
    if (!access) return access.error();
    cluster = access->cluster.str();
    const auto url = registry::Url::Parse(access->cluster.server + path);
    if (!url || !url->secure()) {
      return Fail(Reason::kConfigurationMalformed,
                  "the server's address is none: " + access->cluster.server);
    }
    registry::TlsProfile identity;
    identity.authorities = std::move(access->cluster.authorities);
    identity.client_cert_pem = std::move(access->client_certificate);
    identity.client_key_pem = std::move(access->client_key);
    const auto tls = tls_.Exactly(std::move(identity));
    if (!tls) return tls.error();
    HttpRequest request;
    request.url = url->str();
    request.headers = {"Accept: application/json", "User-Agent: assay"};
    if (!access->token.empty()) {
      request.headers.push_back("Authorization: Bearer " + access->token);
    }
    request.tls = *tls;
    request.proxy = proxies_.For(*url);
    request.guard = registry::AddressGuard::Any();
    request.connect_timeout = kConnectTimeout;
    return request;
  }

  Task<Result<ListedObject>> List(HttpWorker& worker,
                                  const ClusterObject& object) {
    std::string cluster;
    auto request = Prepare(ListPath(object), cluster);
    if (!request) co_return request.error();
    request->most = limits::kKubernetesObjectBytes;
    request->deadline = SteadyClock::now() + limits::kKubernetesDeadline;
    HttpExchange exchange(worker, *request);
    const HttpAnswer answer = co_await exchange;
    const Status good = JudgeAnswer(answer);
    if (!good) co_return good.error();
    auto listed = ReadObjectList(answer.body, object);
    if (listed) listed->cluster = std::move(cluster);
    co_return listed;
  }

  // Adds `part`, takes whole lines off `text` and tells of them.
  static Status TakeLines(std::string& text, std::string_view part,
                          const ClusterObject& object, const ClusterEars& ears,
                          Watched& watched) {
    std::size_t begin = 0;
    const std::size_t searched = text.size();
    text.append(part);
    for (auto end = text.find('\n', searched);
         end != text.npos && !watched.expired; end = text.find('\n', begin)) {
      auto event = ReadObjectEvent(
          std::string_view(text).substr(begin, end - begin), object);
      if (!event) return event.error();
      begin = end + 1;
      const Status told = Tell(*event, object, ears, watched);
      if (!told) return told;
    }
    text.erase(0, begin);
    if (text.size() <= limits::kKubernetesObjectBytes) return Ok();
    return Fail(Reason::kKubernetesProtocol, "an event is too large");
  }

  static Status Tell(ObjectEvent& event, const ClusterObject& object,
                     const ClusterEars& ears, Watched& watched) {
    if (event.kind == ObjectEvent::Kind::kExpired) {
      watched.expired = true;
      return Ok();
    }
    watched.progress = true;
    watched.version = event.version;
    if (event.kind != ObjectEvent::Kind::kBookmark) {
      return Hear(
          object,
          {std::move(event.version), std::move(event.object), watched.cluster},
          ears);
    }
    ears.confirmed(object);
    return Ok();
  }

  // From where `watched` is. What another cluster says is listed first.
  Task<Result<Watched>> Watch(HttpWorker& worker, const ClusterObject& object,
                              Watched watched, const ClusterEars& ears) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
        limits::kKubernetesWatch * (1 + worker.Random()));
    std::string cluster;
    auto request =
        Prepare(WatchPath(object, watched.version, seconds.count()), cluster);
    if (!request) co_return request.error();
    watched.expired = cluster != watched.cluster;
    if (watched.expired) co_return watched;
    Status good = Ok();
    std::string text;
    request->sink = [&](std::string_view part) {
      good = TakeLines(text, part, object, ears, watched);
      return good.has_value() && !watched.expired;
    };
    request->deadline = SteadyClock::now() + seconds + kWatchGrace;
    HttpExchange exchange(worker, *request);
    const HttpAnswer answer = co_await exchange;
    if (!good) co_return good.error();
    watched.expired = watched.expired || answer.status == 410;
    if (watched.expired) co_return watched;
    const Status ended = JudgeAnswer(answer);
    if (!ended) co_return ended.error();
    co_return watched;
  }

  // Watches from one version to the next for as long as that goes well; then
  // the failures before it no longer count.
  Task<Status> WatchOn(HttpWorker& worker, const ClusterObject& object,
                       Watched from, const ClusterEars& ears, int& failures) {
    for (;;) {
      const auto begun = SteadyClock::now();
      auto watched = co_await Watch(worker, object, from, ears);
      const auto lasted = SteadyClock::now() - begun;
      if (!watched) {
        if (lasted > kLastRetry) failures = 0;
        co_return watched.error();
      }
      const bool good = watched->progress || lasted >= kShortestWatch;
      if (good) failures = 0;
      if (watched->expired || !good) co_return Ok();
      from = {std::move(watched->version), std::move(watched->cluster)};
    }
  }

  // What an ear throws must not end the following.
  static Status Hear(const ClusterObject& object, const ListedObject& listed,
                     const ClusterEars& ears) {
    try {
      return ears.heard(object, listed);
    } catch (const std::exception& problem) {
      return Fail(Reason::kInternal, Printable(problem.what()));
    }
  }

  // Nor must what is thrown while it could not be told.
  static void TellFailure(const ClusterObject& object, const Error& error,
                          const ClusterEars& ears) noexcept {
    try {
      ears.failed(object, error);
    } catch (const std::exception&) {
      return;  // The next failure says it.
    }
  }

  Task<Status> ListAndWatch(HttpWorker& worker, const ClusterObject& object,
                            const ClusterEars& ears, int& failures) {
    auto listed = co_await List(worker, object);
    if (!listed) co_return listed.error();
    const Status known = Hear(object, *listed, ears);
    if (!known) co_return known;
    Watched from{std::move(listed->version), std::move(listed->cluster)};
    co_return co_await WatchOn(worker, object, std::move(from), ears, failures);
  }

  // Ends with the worker alone.
  Task<Done> FollowOne(HttpWorker& worker, ClusterObject object,
                       const ClusterEars& ears) {
    for (int failures = 0;; ++failures) {
      Status ended = Ok();
      try {
        ended = co_await ListAndWatch(worker, object, ears, failures);
      } catch (const std::exception& problem) {
        ended = Fail(Reason::kInternal, Printable(problem.what()));
      }
      if (!ended) TellFailure(object, ended.error(), ears);
      co_await HttpWorker::Sleep{worker, RetryAt(worker, failures)};
    }
    co_return Done{};
  }

  // Spread, so that nodes do not come back together.
  static Deadline RetryAt(HttpWorker& worker, int failures) {
    const auto wait =
        std::min(kLastRetry, kFirstRetry * (1 << std::min(failures, 6)));
    return SteadyClock::now() + std::chrono::duration_cast<milliseconds>(
                                    wait * (0.5 + worker.Random()));
  }

  const std::function<Result<ClusterAccess>()> access_;
  const registry::ProxyRules proxies_;
  registry::TlsProfiles tls_;
  HttpPool pool_;
  std::mutex mutex_;
  HttpWorker* running_ = nullptr;
  bool stop_ = false;
};

ClusterClient::ClusterClient(std::function<Result<ClusterAccess>()> access)
    : impl_(std::make_unique<Impl>(std::move(access))) {}

ClusterClient::~ClusterClient() = default;

Result<ListedObject> ClusterClient::Get(const ClusterObject& object) {
  return impl_->Get(object);
}

void ClusterClient::Follow(const std::set<ClusterObject>& objects,
                           const ClusterEars& ears) {
  impl_->Follow(objects, ears);
}

void ClusterClient::Stop() { impl_->Stop(); }

}  // namespace assay
