#include "tests/integration/shim/ask_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

namespace assay::test {

AskServer::AskServer(const std::string& socket, std::string manner)
    : listener_(AskListener::Bind(socket).value()),
      manner_(std::move(manner)),
      thread_([this] { Serve(); }) {}

AskServer::~AskServer() {
  stop_ = true;
  thread_.join();
}

std::vector<Asked> AskServer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void AskServer::Serve() {
  while (!stop_) {
    pollfd waiting{listener_.fd(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) != 1) continue;
    UniqueFd fd(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd.valid()) continue;
    Asked asked = Answer(std::move(fd), manner_);
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(asked));
  }
}

}  // namespace assay::test
