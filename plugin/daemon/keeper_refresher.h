// KeeperRefresher: keeps fresh, in the background, what a keeper has of others'
// words: of authorities about certificates, of notary servers about
// repositories. No container ever waits for it. Owns one thread.
#ifndef ASSAY_DAEMON_KEEPER_REFRESHER_H_
#define ASSAY_DAEMON_KEEPER_REFRESHER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/background_task.h"

namespace assay {

class KeeperRefresher {
 public:
  // What a keeper does; all of them are called from any thread.
  struct Keeper {
    std::string name;  // "revocation", for the log
    // Fetches what is due, or everything; answers with new problems.
    std::function<std::vector<std::string>(bool everything)> refresh;
    std::function<bool()> troubled;  // whether it shall be tried again soon
    std::function<void()> stop;      // ends a refresh under way
  };

  explicit KeeperRefresher(Keeper keeper);
  // Waits for the answer that is under way.
  ~KeeperRefresher();
  KeeperRefresher(const KeeperRefresher&) = delete;
  KeeperRefresher& operator=(const KeeperRefresher&) = delete;

  // Asks for what is missing, now.
  void Poke() { task_->Poke(); }
  // Asks for everything, now.
  void RefreshAll();

 private:
  BackgroundTask::Wait Refresh();

  const Keeper keeper_;
  std::atomic<bool> everything_ = false;
  int failures_ = 0;  // rounds in a row
  std::unique_ptr<BackgroundTask> task_;
};

// Of the keepers of this program, by what they have in common. Borrows `one`.
template <typename T>
KeeperRefresher::Keeper AsKeeper(std::string name, T& one) {
  return {std::move(name),
          [&one](bool everything) { return one.Refresh(everything); },
          [&one] { return !one.Problems().empty(); }, [&one] { one.Stop(); }};
}

}  // namespace assay

#endif  // ASSAY_DAEMON_KEEPER_REFRESHER_H_
