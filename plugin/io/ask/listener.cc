#include "io/ask/listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace assay {
namespace {

// A burst of creates waits here, not in the shims' retries.
constexpr int kBacklog = 1024;

Error System(const std::string& what) {
  return Fail(Reason::kWriteFailed, what + ": " + std::strerror(errno));
}

int Option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return Fail(Reason::kWriteFailed, path + ": too long for a socket");
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

const sockaddr* AsSockaddr(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// The folder must be the daemon's own and closed to writers, or whoever writes
// there could put another socket in place.
Status PrepareFolder(const std::string& path) {
  const std::string folder = path.substr(0, path.find_last_of('/'));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return System(folder);
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0) return System(folder);
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() ||
      (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return Fail(Reason::kFileUnsafe, folder);
  return Ok();
}

// Removes a socket that a dead daemon left.
Status RemoveStale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return errno == ENOENT ? Ok() : Status(System(path));
  if (!S_ISSOCK(found.st_mode))
    return Fail(Reason::kFileUnsafe, path + " is not a socket");
  const UniqueFd probe(
      ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::connect(probe.get(), AsSockaddr(address), sizeof address) == 0 ||
      errno == EAGAIN)
    return Fail(Reason::kWriteFailed, path + ": another daemon answers there");
  if (::unlink(path.c_str()) != 0) return System(path);
  return Ok();
}

}  // namespace

Result<AskListener> AskListener::Adopt(UniqueFd fd) {
  if (Option(fd.get(), SO_DOMAIN) != AF_UNIX ||
      Option(fd.get(), SO_TYPE) != SOCK_SEQPACKET ||
      Option(fd.get(), SO_ACCEPTCONN) != 1) {
    return Fail(Reason::kHookMalformed,
                "not a listening unix socket of type seqpacket");
  }
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0)
    return System("ask socket");
  return AskListener(std::move(fd));
}

Result<AskListener> AskListener::Bind(const std::string& path) {
  const auto address = AddressOf(path);
  if (!address) return address.error();
  if (auto ready = PrepareFolder(path); !ready) return ready.error();
  if (auto ready = RemoveStale(path, *address); !ready) return ready.error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  // On Linux the mode a socket has when it is bound is that of its file, so
  // there is no moment at which others may connect.
  if (!fd.valid() || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), AsSockaddr(*address), sizeof *address) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), kBacklog) != 0)
    return System(path);
  return Adopt(std::move(fd));
}

Result<AskConnection> AskListener::Accept() const {
  UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd.valid()) {
    const int why = errno;
    const bool is_gone = why == EAGAIN || why == EINTR || why == ECONNABORTED;
    return Fail(is_gone ? Reason::kHookNoAnswer : Reason::kOverloaded,
                std::string("accept: ") + std::strerror(why));
  }
  return AskConnection(std::move(fd));
}

}  // namespace assay
