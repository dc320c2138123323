#include "tests/bench/byte_pump.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "tests/bench/measure.h"

namespace assay::bench {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) Die(path + " is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

UniqueFd UnixSocket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM, 0)); }

// What is there now; false at the end.
bool MoveBytes(int from, int to, std::vector<char>& room) {
  const ssize_t got = ::read(from, room.data(), room.size());
  if (got <= 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t size =
        ::write(to, room.data() + sent, static_cast<std::size_t>(got - sent));
    if (size <= 0) return false;
    sent += size;
  }
  return true;
}

void Pump(const UniqueFd& one, const std::string& to) {
  const UniqueFd other = UnixSocket();
  const sockaddr_un address = AddressOf(to);
  if (::connect(other.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
    return;
  }
  std::vector<char> room(256U << 10);
  std::array<pollfd, 2> ready = {
      {{one.get(), POLLIN, 0}, {other.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(ready.data(), ready.size(), -1) < 0) return;
    for (std::size_t i = 0; i < 2; ++i) {
      if (ready[i].revents == 0) continue;
      if (!MoveBytes(ready[i].fd, ready[1 - i].fd, room)) return;
    }
  }
}

}  // namespace

void PumpBytes(const std::string& path, const std::string& to) {
  const UniqueFd listener = UnixSocket();
  const sockaddr_un address = AddressOf(path);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address),
             sizeof address) != 0 ||
      ::listen(listener.get(), 16) != 0) {
    Die("cannot listen at " + path);
  }
  for (;;) {
    UniqueFd client(::accept(listener.get(), nullptr, nullptr));
    if (!client.valid()) continue;
    std::thread([to, client = std::move(client)] {
      Pump(client, to);
    }).detach();
  }
}

}  // namespace assay::bench
