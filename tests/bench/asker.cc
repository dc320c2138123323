#include "tests/bench/asker.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "tests/bench/measure.h"

namespace assay::bench {

Asker::Asker(const std::string& socket, const std::string& bundle,
             const std::string& config)
    : bundle_(::open(bundle.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      config_(::open(config.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!bundle_.valid() || !config_.valid()) Die("cannot open " + bundle);
  address_.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address_.sun_path) Die("too long: " + socket);
  std::memcpy(address_.sun_path, socket.c_str(), socket.size() + 1);
  AskRequest request;
  request.kind = AskKind::kCreate;
  request.nonce.fill(3);
  request.patience = std::chrono::milliseconds(10'000);
  request.container_id = bundle.substr(bundle.rfind('/') + 1);
  request.bundle = bundle;
  request.runtime_name = "runc";
  frame_ = WriteAskRequest(request).value();
}

std::string Asker::Refusal() const {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  std::array<char, ASSAY_ASK_REPLY_MOST> bytes{};
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address_),
                sizeof address_) != 0 ||
      !Send(fd.get())) {
    return "the daemon cannot be asked";
  }
  const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
  if (got <= 0) return "the daemon does not answer";
  auto reply = ReadAskReply({bytes.data(), static_cast<std::size_t>(got)});
  if (!reply) return reply.error().detail;
  if (reply->answer == AskAnswer::kAllow) return {};
  return reply->line;
}

bool Asker::Send(int fd) const {
  const std::array<int, 2> fds = {config_.get(), bundle_.get()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  iovec part{const_cast<char*>(frame_.data()), frame_.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(header), fds.data(), sizeof fds);
  return ::sendmsg(fd, &message, 0) == static_cast<ssize_t>(frame_.size());
}

}  // namespace assay::bench
