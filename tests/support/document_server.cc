#include "tests/support/document_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace assay::testing {

DocumentServer::DocumentServer()
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), any, size) != 0 ||
      ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), any, &size) != 0) {
    throw std::runtime_error("no server on loopback");
  }
  port_ = std::to_string(ntohs(address.sin_port));
  worker_ = std::thread([this] { Serve(); });
}

DocumentServer::~DocumentServer() {
  stopping_ = true;
  worker_.join();
}

void DocumentServer::Set(const std::string& path, Answer answer) {
  const std::scoped_lock lock(mutex_);
  answers_[path] = std::move(answer);
}

std::vector<std::string> DocumentServer::TakeAsked() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(asked_, {});
}

void DocumentServer::Serve() {
  while (!stopping_) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) != 1) continue;
    const UniqueFd connection(::accept(listener_.get(), nullptr, nullptr));
    if (connection.valid()) Reply(connection.get());
  }
}

void DocumentServer::Reply(int connection) {
  std::string request;
  std::array<char, 4096> part{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const auto got = ::recv(connection, part.data(), part.size(), 0);
    if (got <= 0) return;
    request.append(part.data(), static_cast<std::size_t>(got));
  }
  const std::size_t begin = request.find(' ') + 1;
  const std::string path =
      request.substr(begin, request.find(' ', begin) - begin);
  Answer answer{404, {}, {}};
  {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(path);
    if (const auto set = answers_.find(path); set != answers_.end()) {
      answer = set->second;
    }
  }
  std::string reply = "HTTP/1.1 " + std::to_string(answer.status) +
                      " as told\r\nConnection: close\r\nContent-Length: " +
                      std::to_string(answer.body.size()) + "\r\n";
  if (!answer.header.empty()) reply += answer.header + "\r\n";
  reply += "\r\n" + answer.body;
  ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

}  // namespace assay::testing
