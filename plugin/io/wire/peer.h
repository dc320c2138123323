// Who listens on a unix socket.
#ifndef ASSAY_IO_WIRE_PEER_H_
#define ASSAY_IO_WIRE_PEER_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

struct Peer {
  int pid = 0;
  Time started{};
};

// Connects to a stream or seqpacket socket and asks the kernel who is there.
// Errors: kNotFound (no such socket), kDaemonUnreachable, kFileUnreadable
// (permission).
Result<Peer> FindPeer(const std::string& socket, bool seqpacket);

// Paths of all sockets of this network namespace that are listened on.
std::vector<std::string> ListeningSockets();

}  // namespace assay

#endif  // ASSAY_IO_WIRE_PEER_H_
