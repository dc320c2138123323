// Who listens on a unix socket, and whether that one may have read a file.
#ifndef ASSAY_IO_WIRE_PEER_H_
#define ASSAY_IO_WIRE_PEER_H_

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

// Of the wall clock. A daemon that is restarted by who changes its files starts
// in the very second of the change.
using Moment = std::chrono::sys_time<std::chrono::nanoseconds>;

Moment ModifiedAt(const struct stat& file);

struct Peer {
  int pid = 0;
  Moment started{};  // to a hundredth of a second, never later than it was
};

// Connects to a stream or seqpacket socket and asks the kernel who is there.
// Errors: kNotFound (no such socket), kDaemonUnreachable, kFileUnreadable
// (permission).
Result<Peer> FindPeer(const std::string& socket, bool seqpacket);

// Paths of all sockets of this network namespace that are listened on.
std::vector<std::string> ListeningSockets();

}  // namespace assay

#endif  // ASSAY_IO_WIRE_PEER_H_
