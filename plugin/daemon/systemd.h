// What a service and systemd say to each other: sd_listen_fds(3), sd_notify(3)
// and the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): two
// variables of the environment and two kinds of datagrams. libsystemd would
// bring seven more libraries into a process that guards the node.
#ifndef ASSAY_DAEMON_SYSTEMD_H_
#define ASSAY_DAEMON_SYSTEMD_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace assay {

// The first socket that systemd listens on for this very process; not valid
// when there is none. Once, before threads start: what said so is taken out of
// the environment.
UniqueFd TakeListenSocket();

// Tells the service manager, when one waits for it: "READY=1". Thread-safe.
void NotifyManager(std::string_view state);

// Within what time the manager wants to hear from this very process again and
// again, sd_watchdog_enabled(3); nullopt when it does not.
std::optional<std::chrono::microseconds> WatchdogTime();

// Lines to the journal. Thread-safe.
class Journal {
 public:
  // `name` becomes SYSLOG_IDENTIFIER.
  explicit Journal(std::string name, std::string socket = kSocket);

  // `priority` as of syslog(3); `text` is one line. False when the journal did
  // not take it.
  bool Send(int priority, std::string_view text) const;

  static constexpr const char* kSocket = "/run/systemd/journal/socket";

 private:
  std::string name_;
  std::string path_;
  UniqueFd fd_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_SYSTEMD_H_
