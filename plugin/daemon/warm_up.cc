#include "daemon/warm_up.h"

#include <chrono>

#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kBudget{5};  // layers may be large

}  // namespace

WarmUp::WarmUp(const Verifier& verifier,
               std::function<std::shared_ptr<const Policy>()> policy)
    : verifier_(verifier),
      policy_(std::move(policy)),
      worker_([this] { Work(); }) {}

WarmUp::~WarmUp() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

void WarmUp::Add(const std::string& runtime_namespace,
                 const std::string& image) {
  const std::scoped_lock lock(mutex_);
  Image one{runtime_namespace, image};
  if (queue_.size() >= kMostQueued || !queued_.insert(one).second) return;
  queue_.push_back(std::move(one));
  changed_.notify_all();
}

void WarmUp::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Image image = std::move(queue_.front());
    queue_.pop_front();
    queued_.erase(image);
    lock.unlock();
    Decide(image);
    lock.lock();
  }
}

void WarmUp::Decide(const Image& image) {
  Question question = NewQuestion(Hook::kWarmUp, kBudget);
  question.about = ImageClaim{image.first, image.second};
  try {
    const Verdict verdict = verifier_.Decide(question, policy_());
    LogInfo("warmed up " + image.second + ": " + verdict.Line());
  } catch (const std::exception& problem) {
    LogError("warming up " + image.second + ": " + problem.what());
  }
}

}  // namespace assay
