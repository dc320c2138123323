// TrustRefresher: asks the mirror of [trust.tuf] from time to time for what the
// policy names, in the background: no decision ever waits for it. Owns one
// thread. A policy that names nothing there leaves the mirror alone.
#ifndef ASSAY_DAEMON_TRUST_REFRESHER_H_
#define ASSAY_DAEMON_TRUST_REFRESHER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "base/paths.h"
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
  void Poke();

  Last last() const;
  const TufSettings& settings() const { return settings_; }
  const TufStore& store() const { return store_; }

 private:
  using Seconds = std::chrono::duration<double>;

  void Work();
  // How long to wait for the next one.
  Seconds Refresh();
  void Note(const TufClient::Report& report);

  const TufSettings settings_;
  const TufStore store_;
  const Ports ports_;
  const std::unique_ptr<TufMirror> mirror_;
  std::minstd_rand random_{std::random_device{}()};
  int failures_ = 0;  // in a row
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool poked_ = true;
  bool stopping_ = false;
  Last last_;
  std::thread worker_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_TRUST_REFRESHER_H_
