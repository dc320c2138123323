#include "io/wire/peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
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

// Field 22 of /proc/PID/stat, in clock ticks after boot; the name before it is
// in parentheses and may hold anything.
Time StartOf(int pid) {
  const auto stat =
      ReadFile("/proc/" + std::to_string(pid) + "/stat", kProcBytes);
  const auto boot = ReadFile("/proc/stat", kProcBytes);
  if (!stat || !boot) return Time{};
  std::istringstream fields(stat->substr(stat->rfind(')') + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  const std::size_t at = boot->find("btime ");
  if (at == std::string::npos) return Time{};
  const std::int64_t ticks = ::sysconf(_SC_CLK_TCK);
  const std::int64_t booted = Number(boot->substr(at + 6, 20));
  return Time(std::chrono::seconds(booted + Number(field) / ticks));
}

}  // namespace

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
