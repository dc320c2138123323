#include "daemon/nri_decider.h"

#include <chrono>
#include <exception>
#include <utility>

namespace assay {

NriDecider::NriDecider(Port decide)
    : decide_(std::move(decide)), worker_([this] { Work(); }) {}

NriDecider::~NriDecider() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

std::optional<Answer> NriDecider::Ask(const Question& question) {
  std::unique_lock lock(mutex_);
  // One that was given up may still be under way.
  if (!changed_.wait_until(lock, question.deadline, [this] { return !busy_; }))
    return std::nullopt;
  answer_.reset();
  asked_ = question;
  // It says by itself that it was late, and then the audit log says so.
  asked_->deadline -=
      (question.deadline - std::chrono::steady_clock::now()) / 5;
  busy_ = true;
  given_up_ = false;
  changed_.notify_all();
  changed_.wait_until(lock, question.deadline, [this] { return !busy_; });
  given_up_ = busy_;
  return std::exchange(answer_, std::nullopt);
}

Answer NriDecider::Decide(const Question& question) const {
  try {
    return decide_(question);
  } catch (const std::exception& problem) {
    Answer refusal;
    refusal.line = Verdict(Fail(Reason::kInternal, problem.what())).Line();
    return refusal;
  }
}

void NriDecider::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    const Question question = *std::exchange(asked_, std::nullopt);
    lock.unlock();
    Answer answer = Decide(question);
    lock.lock();
    if (!given_up_) answer_ = std::move(answer);
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace assay
