#include "io/ask/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace assay {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A packet as it came.
struct Packet {
  std::string bytes;
  std::vector<UniqueFd> fds;
  bool cut = false;  // longer than any frame, or with too many descriptors
};

Result<pid_t> CheckPeer(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      size != sizeof peer)
    return Fail(Reason::kHookForeignPeer, std::strerror(errno));
  if (peer.uid != 0) {
    return Fail(Reason::kHookForeignPeer, "uid " + std::to_string(peer.uid) +
                                              ", pid " +
                                              std::to_string(peer.pid));
  }
  return peer.pid;
}

Status WaitUntilReadable(int fd, Deadline until) {
  for (;;) {
    const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
    if (left <= 0) return Fail(Reason::kDeadline, "no request came");
    pollfd waiting{fd, POLLIN, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return Ok();
    if (ready < 0 && errno != EINTR)
      return Fail(Reason::kHookMalformed, std::strerror(errno));
  }
}

// Owns whatever descriptors came, wanted or not.
void TakeFds(msghdr* message, std::vector<UniqueFd>* fds) {
  for (cmsghdr* part = CMSG_FIRSTHDR(message); part != nullptr;
       part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
      continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      fds->emplace_back(fd);
    }
  }
}

Result<Packet> ReceivePacket(int fd) {
  Packet packet;
  packet.bytes.resize(ASSAY_ASK_REQUEST_MOST);
  alignas(cmsghdr) char control[CMSG_SPACE(ASSAY_ASK_FDS * sizeof(int))];
  iovec where{packet.bytes.data(), packet.bytes.size()};
  msghdr message{};
  message.msg_iov = &where;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return Fail(Reason::kHookMalformed, std::strerror(errno));
  TakeFds(&message, &packet.fds);
  packet.cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  packet.bytes.resize(static_cast<std::size_t>(size));
  return packet;
}

bool IsA(const UniqueFd& fd, mode_t type) {
  struct stat found {};
  return ::fstat(fd.get(), &found) == 0 && (found.st_mode & S_IFMT) == type;
}

Status TakeBundle(std::vector<UniqueFd>& fds, AskCall& call) {
  if (call.request.kind == AskKind::kPull) {
    if (fds.empty()) return Ok();
    return Fail(Reason::kHookMalformed, "a pull with descriptors");
  }
  if (fds.size() != ASSAY_ASK_FDS)
    return Fail(Reason::kHookMalformed, "not two descriptors");
  if (!IsA(fds[0], S_IFREG) || !IsA(fds[1], S_IFDIR)) {
    return Fail(Reason::kHookMalformed,
                "the descriptors are not config.json and its folder");
  }
  call.config = std::move(fds[0]);
  call.bundle = std::move(fds[1]);
  return Ok();
}

}  // namespace

Result<AskCall> AskConnection::Receive(Deadline until) {
  const auto peer = CheckPeer(fd_.get());
  if (!peer) return peer.error();
  if (auto waited = WaitUntilReadable(fd_.get(), until); !waited)
    return waited.error();
  const auto now = steady_clock::now();
  auto packet = ReceivePacket(fd_.get());
  if (!packet) return packet.error();
  if (packet->cut)
    return Fail(Reason::kHookMalformed, "too long, or too many descriptors");
  auto request = ReadAskRequest(packet->bytes);
  if (!request) return request.error();
  AskCall call;
  call.asker = *peer;
  call.deadline = now + request->patience;
  call.request = *std::move(request);
  if (auto taken = TakeBundle(packet->fds, call); !taken) return taken.error();
  return call;
}

Status AskConnection::Reply(const AskReply& reply) {
  const auto frame = WriteAskReply(reply);
  if (!frame) return frame.error();
  const ssize_t sent = ::send(fd_.get(), frame->data(), frame->size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  const int error = errno;
  fd_.reset();
  if (sent != static_cast<ssize_t>(frame->size()))
    return Fail(Reason::kHookNoAnswer, std::strerror(error));
  return Ok();
}

}  // namespace assay
