#include "daemon/background_task.h"

#include <exception>
#include <random>
#include <utility>

#include "daemon/log.h"

namespace assay {
namespace {

// Before work that failed in a way nobody thought of is tried again.
constexpr std::chrono::minutes kAfterException{5};

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
