// Watchdog: tells the service manager again and again that the daemon lives, as
// long as it does; else the manager starts another.
#ifndef ASSAY_DAEMON_WATCHDOG_H_
#define ASSAY_DAEMON_WATCHDOG_H_

#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "daemon/background_task.h"

namespace assay {

class Watchdog {
 public:
  // `alive` finds out until the time it is given, on a thread of the watchdog;
  // where it does not return, nothing is told. It is asked three times within
  // the manager's time, and never when the manager does not want to know.
  explicit Watchdog(std::function<bool(Deadline)> alive);

 private:
  std::unique_ptr<BackgroundTask> task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_WATCHDOG_H_
