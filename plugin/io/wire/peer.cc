#include "io/wire/peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <set>
#include <sstream>

#include "base/unique_fd.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kProcBytes = 16U << 20;

std::int64_t Number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::chrono::nanoseconds Nanoseconds(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::nanoseconds(time.tv_nsec);
}

Moment BootTime() {
  timespec up{};
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  ::clock_gettime(CLOCK_REALTIME, &now);
  return Moment(Nanoseconds(now) - Nanoseconds(up));
}

// Field 22 of /proc/PID/stat, in clock ticks after boot; the name before it is
// in parentheses and may hold anything.
Moment StartOf(int pid) {
  const auto stat =
      ReadFile("/proc/" + std::to_string(pid) + "/stat", kProcBytes);
  if (!stat) return Moment{};
  std::istringstream fields(stat->substr(stat->rfind(')') + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  const std::int64_t ticks = ::sysconf(_SC_CLK_TCK);
  return BootTime() +
         Number(field) *
             (std::chrono::nanoseconds(std::chrono::seconds(1)) / ticks);
}

}  // namespace

Moment ModifiedAt(const struct stat& file) {
  return Moment(Nanoseconds(file.st_mtim));
}

Result<Peer> FindPeer(const std::string& socket, bool seqpacket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) {
    return Fail(Reason::kNotFound, socket + ": the path is too long");
  }
  std::memcpy(address.sun_path, socket.data(), socket.size());
  const int type = seqpacket ? SOCK_SEQPACKET : SOCK_STREAM;
  const UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The kernel's interface takes any address by this type.
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  if (!fd.valid() || ::connect(fd.get(), any, sizeof address) != 0) {
    Reason reason = Reason::kDaemonUnreachable;
    if (errno == ENOENT) reason = Reason::kNotFound;
    if (errno == EACCES || errno == EPERM) reason = Reason::kFileUnreadable;
    return Fail(reason, socket + ": " + std::strerror(errno));
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return Fail(Reason::kDaemonUnreachable,
                socket + ": " + std::strerror(errno));
  }
  return Peer{peer.pid, StartOf(peer.pid)};
}

std::vector<std::string> ListeningSockets() {
  std::set<std::string> paths;
  const auto table = ReadFile("/proc/net/unix", kProcBytes);
  if (!table) return {};
  std::istringstream lines(*table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string number;
    std::string references;
    std::string protocol;
    std::string flags;
    std::string type;
    std::string state;
    std::string inode;
    std::string path;
    fields >> number >> references >> protocol >> flags >> type >> state >>
        inode >> path;
    // Flag 10000: the socket accepts connections.
    if (flags == "00010000" && path.starts_with('/')) paths.insert(path);
  }
  return {paths.begin(), paths.end()};
}

}  // namespace assay
