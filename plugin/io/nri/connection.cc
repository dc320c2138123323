#include "io/nri/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace assay {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 64U << 10;
constexpr std::chrono::seconds kSendWithin{2};

Error Gone(const std::string& what) {
  return Fail(Reason::kRuntimeUnreachable, what);
}

Error Gone(const std::string& what, int number) {
  return Gone(what + ": " + std::strerror(number));
}

// For poll: -1 is for ever.
int MillisecondsUntil(Deadline until) {
  if (until == Deadline::max()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

Status CheckRuntime(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return Gone("NRI socket", errno);
  }
  if (peer.uid == 0) return Ok();
  return Gone("uid " + std::to_string(peer.uid) + " listens at the NRI socket");
}

}  // namespace

Result<NriConnection> NriConnection::Open(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Gone(path + ": too long for a socket");
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid() ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
    return Gone(path, errno);
  }
  if (Status runtime = CheckRuntime(fd.get()); !runtime) return runtime.error();
  return NriConnection(std::move(fd));
}

Result<std::string> NriConnection::Receive(int stop, Deadline until) {
  std::array<pollfd, 2> ready = {{{fd_.get(), POLLIN, 0}, {stop, POLLIN, 0}}};
  for (;;) {
    const int count =
        ::poll(ready.data(), ready.size(), MillisecondsUntil(until));
    if (count < 0 && errno != EINTR) return Gone("NRI socket", errno);
    if (count < 0) continue;
    if (ready[1].revents != 0) return std::string();
    if (count == 0) {
      if (steady_clock::now() < until) continue;
      return Fail(Reason::kDeadline, "the runtime says nothing");
    }
    std::string bytes(kMostAtOnce, '\0');
    const ssize_t size = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) return Gone("NRI socket", errno);
    if (size == 0) return Gone("the runtime closed the connection");
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }
}

Status NriConnection::Send(std::string_view bytes) {
  const Deadline until = steady_clock::now() + kSendWithin;
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Gone("NRI socket", errno);
    if (steady_clock::now() >= until) {
      return Fail(Reason::kDeadline, "the runtime reads nothing");
    }
    pollfd waiting{fd_.get(), POLLOUT, 0};
    (void)::poll(&waiting, 1, MillisecondsUntil(until));
  }
  return Ok();
}

}  // namespace assay
