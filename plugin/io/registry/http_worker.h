// HttpWorker: the event loop of one Fetch call. It runs on the caller's thread,
// so that no caller ever waits for another's network, and keeps connections
// and handles for the next caller who borrows it from the pool. HttpPool holds
// the idle workers and what all of them share: addresses and TLS sessions.
#ifndef ASSAY_IO_REGISTRY_HTTP_WORKER_H_
#define ASSAY_IO_REGISTRY_HTTP_WORKER_H_

#include <array>
#include <atomic>
#include <coroutine>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "base/clock.h"
#include "io/registry/http_exchange.h"

namespace assay::registry {

class HttpShare;

// One thread at a time.
class HttpWorker {
 public:
  explicit HttpWorker(std::shared_ptr<HttpShare> share);
  HttpWorker(const HttpWorker&) = delete;
  HttpWorker& operator=(const HttpWorker&) = delete;
  ~HttpWorker();

  // An awaitable that goes on at `when`.
  struct Sleep {
    HttpWorker& worker;
    Deadline when;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      worker.sleepers_.push_back({when, waiter});
    }
    void await_resume() const noexcept {}
  };

  // Drives everything that is awaited until nothing is. Each exchange ends by
  // its own deadline, so this ends too.
  void Run();

  // Thread-safe. Run returns soon, and never runs again: whoever awaits
  // something is to be destroyed before the worker is.
  void Interrupt();

  // Nothing is awaited, and more may be.
  bool idle() const {
    return running_ == 0 && sleepers_.empty() && !interrupted_;
  }

  // Between 0 and 1, for jitter.
  double Random() { return unit_(random_); }

 private:
  friend class HttpExchange;
  struct Sleeper {
    Deadline when;
    std::coroutine_handle<> waiter;
  };

  bool Begin(HttpExchange& exchange);
  void End(HttpExchange& exchange);
  void FinishExchanges();
  void WakeSleepers();
  int PollMilliseconds() const;

  std::shared_ptr<HttpShare> share_;
  void* multi_;
  std::vector<void*> idle_;  // easy handles
  std::size_t running_ = 0;
  std::atomic<bool> interrupted_ = false;
  std::vector<Sleeper> sleepers_;
  std::minstd_rand random_;
  std::uniform_real_distribution<double> unit_{0.0, 1.0};
};

// Thread-safe.
class HttpPool {
 public:
  HttpPool();

  // A worker for the length of one call; goes back by itself.
  class Lease {
   public:
    explicit Lease(HttpPool& pool);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    HttpWorker& worker() { return *worker_; }

   private:
    HttpPool& pool_;
    std::unique_ptr<HttpWorker> worker_;
  };

 private:
  std::shared_ptr<HttpShare> share_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpWorker>> idle_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_HTTP_WORKER_H_
