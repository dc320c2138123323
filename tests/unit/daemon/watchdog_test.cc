#include "daemon/watchdog.h"

#include <stdlib.h>  // NOLINT: setenv
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "daemon/systemd.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace std::chrono_literals;

namespace {

class Manager {
 public:
  explicit Manager(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address),  // NOLINT
                   sizeof address) == 0);
    const timeval patience{10, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience,
                 sizeof patience);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What comes within ten seconds, or, with MSG_DONTWAIT, is there.
  std::string Next(int flags = 0) const {
    char bytes[64];
    const ssize_t size = ::recv(fd_.get(), bytes, sizeof bytes, flags);
    return size < 0 ? "nothing" : std::string(bytes, bytes + size);
  }

 private:
  UniqueFd fd_;
};

// Whether `count` gets there within ten seconds.
bool Reaches(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 1000 && count < wanted; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  return count >= wanted;
}

}  // namespace

TEST_CASE("the manager hears again and again of a daemon that lives") {
  const testing::TempFolder folder;
  const Manager manager(folder / "notify");
  ::setenv("WATCHDOG_USEC", "30000", 1);
  const Watchdog watchdog([](Deadline) { return true; });
  CHECK(manager.Next() == "WATCHDOG=1");
  CHECK(manager.Next() == "WATCHDOG=1");
}

TEST_CASE("it hears nothing of one that takes no questions") {
  const testing::TempFolder folder;
  const Manager manager(folder / "notify");
  ::setenv("WATCHDOG_USEC", "30000", 1);
  std::atomic<int> asked = 0;
  const Watchdog watchdog([&](Deadline) {
    ++asked;
    return false;
  });
  CHECK(Reaches(asked, 3));
  CHECK(manager.Next(MSG_DONTWAIT) == "nothing");
}

TEST_CASE("what is meant for another process, or is no time, is no watchdog") {
  const testing::TempFolder folder;
  const Manager manager(folder / "notify");
  CHECK_FALSE(WatchdogTime());
  for (const char* time : {"0", "-1", "1s", ""}) {
    INFO(time);
    ::setenv("WATCHDOG_USEC", time, 1);
    CHECK_FALSE(WatchdogTime());
  }
  ::setenv("WATCHDOG_USEC", "30000", 1);
  CHECK(WatchdogTime() == 30ms);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(WatchdogTime());
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(WatchdogTime() == 30ms);
}
