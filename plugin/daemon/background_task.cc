#include "daemon/background_task.h"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

#include "daemon/log.h"

namespace assay {
namespace {

// Before work that failed in a way nobody thought of is tried again.
constexpr std::chrono::minutes kAfterException{5};
constexpr int kMostDoublings = 16;

}  // namespace

BackgroundTask::BackgroundTask(std::string name, Wait first,
                               std::function<Wait()> work)
    : name_(std::move(name)),
      work_(std::move(work)),
      wait_(first),
      worker_([this] { Run(); }) {}

BackgroundTask::~BackgroundTask() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void BackgroundTask::Poke() {
  {
    const std::scoped_lock lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
}

BackgroundTask::Wait BackgroundTask::Spread(Wait wait) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return wait * std::uniform_real_distribution<double>(0.8, 1.2)(random);
}

BackgroundTask::Wait BackgroundTask::Backoff(Wait first, int failures,
                                             Wait most) {
  const int doublings = std::clamp(failures - 1, 0, kMostDoublings);
  return std::min(most, first * (1 << doublings));
}

void BackgroundTask::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, wait_, [this] { return stopping_ || poked_; });
    if (stopping_) return;
    poked_ = false;
    lock.unlock();
    const Wait next = Work();
    lock.lock();
    wait_ = next;
  }
}

BackgroundTask::Wait BackgroundTask::Work() const {
  try {
    return work_();
  } catch (const std::exception& problem) {
    LogError(name_ + ": " + problem.what());
  } catch (...) {
    LogError(name_ + ": something unknown was thrown");
  }
  return kAfterException;
}

}  // namespace assay
