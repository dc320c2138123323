#include "daemon/systemd.h"

#include <fcntl.h>
#include <stdlib.h>  // NOLINT: setenv
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

// The manager's or the journal's end.
class Receiver {
 public:
  explicit Receiver(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';
    const auto size =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address),  // NOLINT
                   size) == 0);
  }

  std::string Next() const {
    char bytes[512];
    const ssize_t size = ::recv(fd_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(bytes, bytes + size);
  }

 private:
  UniqueFd fd_;
};

void SetListen(const std::string& pid, const char* count) {
  ::setenv("LISTEN_PID", pid.c_str(), 1);
  ::setenv("LISTEN_FDS", count, 1);
  ::setenv("LISTEN_FDNAMES", "ask", 1);
}

// Run in a child, whose descriptor 3 nobody else has.
int TakesIts() {
  SetListen(std::to_string(::getpid()), "1");
  if (::dup2(STDERR_FILENO, 3) != 3) return 1;
  const UniqueFd taken = TakeListenSocket();
  if (taken.get() != 3) return 2;
  return (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 ? 0 : 3;
}

}  // namespace

TEST_CASE("a socket that systemd passed to this process is taken") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(TakesIts());
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("what was meant for another process, or for none, is left alone") {
  const std::string own = std::to_string(::getpid());
  SetListen("1", "1");
  CHECK_FALSE(TakeListenSocket().valid());
  CHECK(::getenv("LISTEN_FDS") == nullptr);
  for (const char* count : {"0", "-1", "one", "1x", ""}) {
    INFO(count);
    SetListen(own, count);
    CHECK_FALSE(TakeListenSocket().valid());
  }
  SetListen(own + " ", "1");
  CHECK_FALSE(TakeListenSocket().valid());
  CHECK_FALSE(TakeListenSocket().valid());
}

TEST_CASE("the manager is told at a path or an abstract name") {
  const testing::TempFolder folder;
  const std::string abstract =
      "@assay-systemd-test-" + std::to_string(::getpid());
  for (const std::string& path : {folder / "notify", abstract}) {
    INFO(path);
    const Receiver manager(path);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    NotifyManager("READY=1");
    CHECK(manager.Next() == "READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    NotifyManager("READY=1");
    CHECK(manager.Next() == "nothing");
  }
  ::setenv("NOTIFY_SOCKET", std::string(200, 'a').c_str(), 1);
  NotifyManager("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("the journal gets priority, name and text, or says so") {
  const testing::TempFolder folder;
  const Journal journal("assayd", folder / "journal");
  CHECK_FALSE(journal.Send(LOG_INFO, "nobody there"));
  const Receiver receiver(folder / "journal");
  CHECK(journal.Send(LOG_WARNING, "a door"));
  CHECK(receiver.Next() ==
        "PRIORITY=4\nSYSLOG_IDENTIFIER=assayd\nMESSAGE=a door\n");
}
