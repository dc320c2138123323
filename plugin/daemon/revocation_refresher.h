// RevocationRefresher: keeps what authorities say about certificates fresh, in
// the background: no container ever waits for it. Owns one thread.
#ifndef ASSAY_DAEMON_REVOCATION_REFRESHER_H_
#define ASSAY_DAEMON_REVOCATION_REFRESHER_H_

#include <atomic>
#include <memory>

#include "daemon/background_task.h"
#include "io/revocation/revocation_keeper.h"

namespace assay {

class RevocationRefresher {
 public:
  explicit RevocationRefresher(RevocationKeeper& keeper);  // borrowed
  // Waits for the answer that is under way.
  ~RevocationRefresher();
  RevocationRefresher(const RevocationRefresher&) = delete;
  RevocationRefresher& operator=(const RevocationRefresher&) = delete;

  // Asks for what is missing, now.
  void Poke() { task_->Poke(); }
  // Asks for everything, now.
  void RefreshAll();

 private:
  BackgroundTask::Wait Refresh();

  RevocationKeeper& keeper_;
  std::atomic<bool> everything_ = false;
  int failures_ = 0;  // rounds in a row
  std::unique_ptr<BackgroundTask> task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_REVOCATION_REFRESHER_H_
