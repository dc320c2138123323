#include "daemon/systemd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace assay {
namespace {

constexpr int kFirstListenFd = 3;

// Whether the variable is a number, and which; -1 when it is not.
long NumberIn(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return -1;
  long number = -1;
  const char* end = text + std::strlen(text);
  const auto [rest, failure] = std::from_chars(text, end, number);
  return failure == std::errc() && rest == end ? number : -1;
}

UniqueFd DatagramSocket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

// A name that starts with @ is abstract. A name that does not fit goes nowhere.
bool SendTo(int fd, std::string_view path, std::string_view bytes) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return false;
  path.copy(address.sun_path, path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const ssize_t sent = ::sendto(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address),
                                size);  // NOLINT: of the API
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace

UniqueFd TakeListenSocket() {
  const bool ours = NumberIn("LISTEN_PID") == ::getpid();
  const bool any = NumberIn("LISTEN_FDS") > 0;
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
    ::unsetenv(name);
  }
  if (!ours || !any) return UniqueFd();
  ::fcntl(kFirstListenFd, F_SETFD, FD_CLOEXEC);
  return UniqueFd(kFirstListenFd);
}

void NotifyManager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  const UniqueFd fd = DatagramSocket();
  if (fd.valid()) SendTo(fd.get(), path, state);
}

std::optional<std::chrono::microseconds> WatchdogTime() {
  const long microseconds = NumberIn("WATCHDOG_USEC");
  const bool other = std::getenv("WATCHDOG_PID") != nullptr &&
                     NumberIn("WATCHDOG_PID") != ::getpid();
  if (microseconds <= 0 || other) return std::nullopt;
  return std::chrono::microseconds(microseconds);
}

Journal::Journal(std::string name, std::string socket)
    : name_(std::move(name)), path_(std::move(socket)), fd_(DatagramSocket()) {}

bool Journal::Send(int priority, std::string_view text) const {
  std::string fields = "PRIORITY=" + std::to_string(priority) +
                       "\nSYSLOG_IDENTIFIER=" + name_ + "\nMESSAGE=";
  fields.append(text).append("\n");
  return fd_.valid() && SendTo(fd_.get(), path_, fields);
}

}  // namespace assay
