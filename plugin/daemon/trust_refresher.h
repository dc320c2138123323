// TrustRefresher: asks the mirror of [trust.tuf] from time to time for what the
// policy names, in the background: no decision ever waits for it. Owns one
// thread. A policy that names nothing there leaves the mirror alone.
#ifndef ASSAY_DAEMON_TRUST_REFRESHER_H_
#define ASSAY_DAEMON_TRUST_REFRESHER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/paths.h"
#include "daemon/background_task.h"
#include "io/tuf/tuf_client.h"

namespace assay {

class TrustRefresher {
 public:
  // Both are called on the refresher's thread.
  struct Ports {
    std::function<std::set<std::string>()> wanted;  // files the policy names
    std::function<void()> changed;  // what is on disk is another now
  };
  // Of the last refresh that there was.
  struct Last {
    Time succeeded_at{};  // 0: never
    std::string problem;  // "" when the last one succeeded
  };

  // Starts with a refresh.
  TrustRefresher(const Paths& paths, TufSettings settings,
                 std::unique_ptr<TufMirror> mirror, Ports ports);
  // Waits for the exchange that is under way.
  ~TrustRefresher();
  TrustRefresher(const TrustRefresher&) = delete;
  TrustRefresher& operator=(const TrustRefresher&) = delete;

  // Refreshes now.
  void Poke() { task_->Poke(); }

  Last last() const;
  const TufSettings& settings() const { return settings_; }
  const TufStore& store() const { return store_; }

 private:
  // How long to wait for the next one.
  BackgroundTask::Wait Refresh();
  void Note(const TufClient::Report& report);

  const TufSettings settings_;
  const TufStore store_;
  const Ports ports_;
  const std::unique_ptr<TufMirror> mirror_;
  int failures_ = 0;  // in a row
  mutable std::mutex mutex_;
  Last last_;
  std::unique_ptr<BackgroundTask> task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_TRUST_REFRESHER_H_
