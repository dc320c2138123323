#include "io/containerd/events.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace assay {
namespace {

constexpr std::chrono::milliseconds kFirstPause{200};
constexpr std::chrono::milliseconds kLongestPause{30'000};

}  // namespace

class ContainerdEvents::Impl {
 public:
  Impl(std::string address, ContainerdEventSinks sinks)
      : address_(std::move(address)),
        sinks_(std::move(sinks)),
        thread_([this] { Run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      if (client_) client_->StopEvents();
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void Run() {
    std::chrono::milliseconds pause = kFirstPause;
    while (!Stopped()) {
      bool connected = false;
      const Status followed = Follow(connected);
      if (Stopped()) return;
      if (!followed) sinks_.lost(followed.error());
      pause = connected ? kFirstPause : std::min(pause * 2, kLongestPause);
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, pause, [this] { return stopped_; });
    }
  }

  Status Follow(bool& connected) {
    auto client = clients_.At(address_);
    if (!client) return client.error();
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return Ok();
      client_ = *client;
    }
    return (*client)->FollowEvents(
        [&] {
          connected = true;
          sinks_.resync();
        },
        sinks_.event);
  }

  bool Stopped() {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

  const std::string address_;
  const ContainerdEventSinks sinks_;
  ContainerdClients clients_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<ContainerdClient> client_;  // guarded by mutex_
  bool stopped_ = false;                      // guarded by mutex_
  std::thread thread_;                        // last: it uses all of the above
};

ContainerdEvents::ContainerdEvents(std::string address,
                                   ContainerdEventSinks sinks)
    : impl_(std::make_unique<Impl>(std::move(address), std::move(sinks))) {}

ContainerdEvents::~ContainerdEvents() = default;

}  // namespace assay
