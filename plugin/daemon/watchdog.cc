#include "daemon/watchdog.h"

#include <utility>

#include "daemon/log.h"
#include "daemon/systemd.h"

namespace assay {

Watchdog::Watchdog(std::function<bool(Deadline)> alive) {
  const auto within = WatchdogTime();
  if (!within) return;
  const auto round = *within / 3;
  const auto work = [alive = std::move(alive), round] {
    if (alive(std::chrono::steady_clock::now() + round)) {
      NotifyManager("WATCHDOG=1");
    } else {
      LogError("no question is taken: the service manager is not told");
    }
    return BackgroundTask::Wait(round);
  };
  task_ = std::make_unique<BackgroundTask>("watchdog",
                                           BackgroundTask::Wait(round), work);
}

}  // namespace assay
