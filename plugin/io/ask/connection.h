// The answering side of one ask: receive one request, send one reply. Used by
// the daemon on connections of its listener and by the one-shot decider on
// the descriptor it was started with (ASSAY_ASK_DECIDER_FD). Starts no thread;
// one owner thread at a time; every wait ends at the caller's deadline.
#ifndef ASSAY_IO_ASK_CONNECTION_H_
#define ASSAY_IO_ASK_CONNECTION_H_

#include <sys/types.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "io/ask/frame.h"

namespace assay {

// A request and what came with it. `config` is a regular file open for
// reading, `bundle` a folder; both close-on-exec and owned here; nothing comes
// with a pull.
struct AskCall {
  AskRequest request;
  UniqueFd config;
  UniqueFd bundle;
  pid_t asker = 0;      // for the journal only: a pid proves nothing
  Deadline deadline{};  // when the asker stops waiting
};

class AskConnection {
 public:
  explicit AskConnection(UniqueFd fd) : fd_(std::move(fd)) {}

  // Checks the peer, then reads the one request. Errors: kHookForeignPeer
  // (not uid 0: nothing of it is read), kDeadline (nothing came until
  // `until`), kHookMalformed (anything not exactly a request with its
  // descriptors, the end of the connection included).
  Result<AskCall> Receive(Deadline until);

  // Sends the one reply without waiting and ends the connection. A failure,
  // kHookNoAnswer, means that the asker is gone or does not read: it refuses.
  Status Reply(const AskReply& reply);

 private:
  UniqueFd fd_;
};

}  // namespace assay

#endif  // ASSAY_IO_ASK_CONNECTION_H_
