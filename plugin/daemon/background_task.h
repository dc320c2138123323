// BackgroundTask: work that is done again and again on a thread of its own,
// sooner where somebody says so.
#ifndef ASSAY_DAEMON_BACKGROUND_TASK_H_
#define ASSAY_DAEMON_BACKGROUND_TASK_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace assay {

class BackgroundTask {
 public:
  using Wait = std::chrono::duration<double>;

  // Runs `work` after the first wait, then whenever what it returned has
  // passed or Poke was called. What it throws is logged under `name`.
  BackgroundTask(std::string name, Wait first, std::function<Wait()> work);
  // Waits for the work under way.
  ~BackgroundTask();
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;

  // Thread-safe, from the work itself, too.
  void Poke();

  // The same length, a fifth more or less: nodes that were started together
  // must not stay together.
  static Wait Spread(Wait wait);
  // How long to wait after so many failures in a row: `first`, doubled with
  // each further one, up to `most`.
  static Wait Backoff(Wait first, int failures, Wait most);

 private:
  void Run();
  Wait Work() const;

  const std::string name_;
  const std::function<Wait()> work_;
  Wait wait_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool poked_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_BACKGROUND_TASK_H_
