#include "io/registry/http_worker.h"

#include <curl/curl.h>

#include <algorithm>
#include <new>
#include <utility>

namespace assay::registry {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kIdleWorkers = 16;
constexpr std::size_t kIdleHandles = 8;
constexpr long kKeptConnections = 8;
constexpr milliseconds kLongestPoll{1000};

// For jitter, which need not be hard to guess.
std::minstd_rand::result_type Seed() {
  return static_cast<std::minstd_rand::result_type>(
      SteadyClock::now().time_since_epoch().count());
}

}  // namespace

// Addresses and TLS sessions, shared by all workers. Connections are not:
// libcurl cannot share them between threads.
class HttpShare {
 public:
  HttpShare() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    share_ = started == CURLE_OK ? curl_share_init() : nullptr;
    if (share_ == nullptr) throw std::bad_alloc();
    curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &HttpShare::Lock);
    curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &HttpShare::Unlock);
    curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
    curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  HttpShare(const HttpShare&) = delete;
  HttpShare& operator=(const HttpShare&) = delete;
  ~HttpShare() { curl_share_cleanup(share_); }

  CURLSH* get() const { return share_; }

 private:
  static void Lock(CURL* /*easy*/, curl_lock_data data,
                   curl_lock_access /*access*/, void* self) {
    static_cast<HttpShare*>(self)->mutexes_[data].lock();
  }
  static void Unlock(CURL* /*easy*/, curl_lock_data data, void* self) {
    static_cast<HttpShare*>(self)->mutexes_[data].unlock();
  }

  CURLSH* share_;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes_;
};

HttpWorker::HttpWorker(std::shared_ptr<HttpShare> share)
    : share_(std::move(share)), multi_(curl_multi_init()), random_(Seed()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
}

HttpWorker::~HttpWorker() {
  for (void* easy : idle_) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
}

bool HttpWorker::Begin(HttpExchange& exchange) {
  void* easy = nullptr;
  if (idle_.empty()) {
    easy = curl_easy_init();
    if (easy != nullptr) curl_easy_setopt(easy, CURLOPT_SHARE, share_->get());
  } else {
    easy = idle_.back();
    idle_.pop_back();
  }
  if (easy == nullptr) return false;
  exchange.easy_ = easy;
  ++running_;
  if (exchange.Configure(easy) &&
      curl_multi_add_handle(multi_, easy) == CURLM_OK) {
    return true;
  }
  End(exchange);
  return false;
}

void HttpWorker::End(HttpExchange& exchange) {
  void* easy = std::exchange(exchange.easy_, nullptr);
  curl_multi_remove_handle(multi_, easy);
  curl_easy_reset(easy);
  --running_;
  if (idle_.size() < kIdleHandles) {
    idle_.push_back(easy);
  } else {
    curl_easy_cleanup(easy);
  }
}

void HttpWorker::Run() {
  while (!interrupted_ && (running_ > 0 || !sleepers_.empty())) {
    int active = 0;
    curl_multi_perform(multi_, &active);
    FinishExchanges();
    WakeSleepers();
    if (interrupted_ || (running_ == 0 && sleepers_.empty())) return;
    curl_multi_poll(multi_, nullptr, 0, PollMilliseconds(), nullptr);
  }
}

void HttpWorker::Interrupt() {
  interrupted_ = true;
  curl_multi_wakeup(multi_);
}

void HttpWorker::FinishExchanges() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    HttpExchange* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    exchange->Finish(code);
    End(*exchange);
    exchange->waiter_.resume();
  }
}

void HttpWorker::WakeSleepers() {
  const Deadline now = SteadyClock::now();
  const auto due = std::partition(
      sleepers_.begin(), sleepers_.end(),
      [&](const Sleeper& sleeper) { return sleeper.when > now; });
  const std::vector<Sleeper> awake(due, sleepers_.end());
  sleepers_.erase(due, sleepers_.end());
  for (const Sleeper& sleeper : awake) sleeper.waiter.resume();
}

int HttpWorker::PollMilliseconds() const {
  milliseconds wait = kLongestPoll;
  const Deadline now = SteadyClock::now();
  for (const Sleeper& sleeper : sleepers_) {
    wait = std::min(wait, std::chrono::ceil<milliseconds>(sleeper.when - now));
  }
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

HttpPool::HttpPool() : share_(std::make_shared<HttpShare>()) {}

HttpPool::Lease::Lease(HttpPool& pool) : pool_(pool) {
  {
    const std::lock_guard lock(pool_.mutex_);
    if (!pool_.idle_.empty()) {
      worker_ = std::move(pool_.idle_.back());
      pool_.idle_.pop_back();
    }
  }
  if (!worker_) worker_ = std::make_unique<HttpWorker>(pool_.share_);
}

HttpPool::Lease::~Lease() {
  // The last one used is the first one given out: its connections are warm.
  const std::lock_guard lock(pool_.mutex_);
  if (worker_->idle() && pool_.idle_.size() < kIdleWorkers) {
    pool_.idle_.push_back(std::move(worker_));
  }
}

}  // namespace assay::registry
