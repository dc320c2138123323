// HashPool: threads that read layers, each file or folder once at a time
// however many want it. What somebody waits for goes before what is only
// warmed up.
#ifndef ASSAY_IO_LAYERS_HASH_POOL_H_
#define ASSAY_IO_LAYERS_HASH_POOL_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

class HashPool {
 public:
  class Job;
  using JobPtr = std::shared_ptr<Job>;
  enum class Urgency : std::uint8_t { kIdle = 0, kWaitedFor };

  // Ends early, with whatever error, once the flag is set.
  using Task = std::function<Status(const std::atomic<bool>& stop)>;

  // `ran_dry` is called when nothing is queued any more; may be empty.
  HashPool(unsigned threads, std::function<void()> ran_dry);
  ~HashPool();  // stops what is being hashed
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  // Joins the job for this path that is under way, if any: then `task` is not
  // used. An idle job is refused (null) when kIdleJobs are queued.
  JobPtr Submit(const std::string& path, Task task, Urgency urgency);

  // Until all are done, one has failed, or the deadline, which is an error of
  // reason `late`; other errors are those of the task.
  Status Await(const std::vector<JobPtr>& jobs, Deadline deadline, Reason late);

  static constexpr std::size_t kIdleJobs = 4096;

 private:
  void Work();
  JobPtr TakeJob();  // waits; null when stopping
  void Run(Job& job);

  std::function<void()> ran_dry_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // guards all below and the jobs' members
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<JobPtr> urgent_;
  std::deque<JobPtr> idle_;
  std::map<std::string, JobPtr> under_way_;  // by path
  std::vector<std::thread> threads_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_HASH_POOL_H_
