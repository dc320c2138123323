#include "io/layers/hash_pool.h"

#include <algorithm>

namespace assay {

class HashPool::Job {
 public:
  enum class State : std::uint8_t { kQueued = 0, kRunning, kDone };

  Job(std::string path, Task task)
      : path_(std::move(path)), task_(std::move(task)) {}

  const std::string path_;
  const Task task_;
  State state_ = State::kQueued;
  Urgency urgency_ = Urgency::kIdle;
  Status outcome_ = Ok();  // when done
};

HashPool::HashPool(unsigned threads, std::function<void()> ran_dry)
    : ran_dry_(std::move(ran_dry)) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

HashPool::~HashPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

HashPool::JobPtr HashPool::Submit(const std::string& path, Task task,
                                  Urgency urgency) {
  const std::lock_guard lock(mutex_);
  JobPtr& job = under_way_[path];
  if (!job) {
    if (urgency == Urgency::kIdle && idle_.size() >= kIdleJobs) {
      under_way_.erase(path);
      return nullptr;
    }
    job = std::make_shared<Job>(path, std::move(task));
    if (urgency == Urgency::kIdle) idle_.push_back(job);
  }
  // A job that was only warming up is also put into the urgent queue; whoever
  // takes it second sees that it is no longer queued.
  if (urgency == Urgency::kWaitedFor && job->urgency_ == Urgency::kIdle) {
    job->urgency_ = urgency;
    if (job->state_ == Job::State::kQueued) urgent_.push_back(job);
  }
  work_.notify_one();
  return job;
}

Status HashPool::Await(const std::vector<JobPtr>& jobs, Deadline deadline,
                       Reason late) {
  std::unique_lock lock(mutex_);
  const auto is_done = [](const JobPtr& job) {
    return job->state_ == Job::State::kDone;
  };
  const auto has_failed = [](const JobPtr& job) {
    return job->state_ == Job::State::kDone && !job->outcome_;
  };
  const bool ended = done_.wait_until(lock, deadline, [&] {
    return std::any_of(jobs.begin(), jobs.end(), has_failed) ||
           std::all_of(jobs.begin(), jobs.end(), is_done);
  });
  const auto failed = std::find_if(jobs.begin(), jobs.end(), has_failed);
  if (failed != jobs.end()) return (*failed)->outcome_.error();
  if (ended) return Ok();
  const auto left = std::count_if(
      jobs.begin(), jobs.end(), [&](const auto& job) { return !is_done(job); });
  return Fail(late, std::to_string(left) + " layers are not yet read");
}

HashPool::JobPtr HashPool::TakeJob() {
  std::unique_lock lock(mutex_);
  for (;;) {
    for (auto* queue : {&urgent_, &idle_}) {
      while (!queue->empty() && !stop_) {
        const JobPtr job = std::move(queue->front());
        queue->pop_front();
        if (job->state_ != Job::State::kQueued) continue;
        job->state_ = Job::State::kRunning;
        return job;
      }
    }
    if (stop_) return nullptr;
    work_.wait(lock);
  }
}

void HashPool::Run(Job& job) {
  Status outcome = job.task_(stop_);
  const std::lock_guard lock(mutex_);
  job.outcome_ = std::move(outcome);
  job.state_ = Job::State::kDone;
  under_way_.erase(job.path_);
}

void HashPool::Work() {
  while (const JobPtr job = TakeJob()) {
    Run(*job);
    done_.notify_all();
    const bool dry = [this] {
      const std::lock_guard lock(mutex_);
      return under_way_.empty();
    }();
    if (dry && ran_dry_) ran_dry_();
  }
}

}  // namespace assay
