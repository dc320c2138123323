// NriRunning: judges what runs already when the runtime is met, and says which
// of it would be refused. It stops nothing. Owns one thread.
#ifndef ASSAY_DAEMON_NRI_RUNNING_H_
#define ASSAY_DAEMON_NRI_RUNNING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/background_task.h"
#include "daemon/enforcer.h"

namespace assay {

class NriRunning {
 public:
  using Decide = std::function<Answer(const Question& question)>;

  // Of the containers looked at last.
  struct Found {
    std::size_t all = 0;
    std::size_t refused = 0;
  };

  explicit NriRunning(Decide decide);
  ~NriRunning();  // waits for the one under way
  NriRunning(const NriRunning&) = delete;
  NriRunning& operator=(const NriRunning&) = delete;

  // Looks at these instead of what is left. Thread-safe.
  void Look(std::string runtime_namespace, std::vector<std::string> ids);
  Found found() const;

 private:
  BackgroundTask::Wait Work();
  bool Judge(const std::string& id, const std::string& runtime_namespace);

  const Decide decide_;
  mutable std::mutex mutex_;
  std::string runtime_namespace_;
  std::vector<std::string> ids_;
  Found found_;
  std::uint64_t look_ = 0;  // the number of this one
  std::atomic<bool> stopping_{false};
  BackgroundTask task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_NRI_RUNNING_H_
