// HashPool: threads that hash blobs, each file once at a time however many
// want it. What somebody waits for goes before what is only warmed up.
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
#include "base/digest.h"
#include "base/result.h"
#include "io/layers/blob_hash.h"

namespace assay {

class HashPool {
 public:
  class Job;
  using JobPtr = std::shared_ptr<Job>;
  enum class Urgency : std::uint8_t { kIdle = 0, kWaitedFor };

  struct Hooks {
    // Whether the file became known between the caller's look and now.
    std::function<bool(const std::string& path, const Digest&)> known;
    // A file was hashed; called before anybody waiting is told.
    std::function<void(const BlobHash&)> hashed;
    std::function<void(const Digest&, std::int64_t, std::int64_t)> progress;
    std::function<void()> ran_dry;  // nothing is queued any more
  };

  HashPool(unsigned threads, Hooks hooks);
  ~HashPool();  // stops what is being hashed
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  // Joins the job for this file that is under way, if any. An idle job is
  // refused (null) when kIdleJobs are queued.
  JobPtr Submit(const std::string& path, const Digest& wanted, Urgency urgency);

  // Until all are done, one has failed, or the deadline. Errors: kLayerPending
  // at the deadline, kLayerDigestMismatch, and those of HashBlob.
  Status Await(const std::vector<JobPtr>& jobs, Deadline deadline);

  static constexpr std::size_t kIdleJobs = 4096;

 private:
  void Work();
  JobPtr TakeJob();  // waits; null when stopping
  void Run(Job& job);
  Status Hash(const Job& job);

  Hooks hooks_;
  std::atomic<bool> stop_{false};
  std::mutex progress_mutex_;
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
