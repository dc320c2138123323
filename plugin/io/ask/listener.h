// Where the daemon listens for asks: a socket that systemd hands over, or one
// it binds itself. Starts no thread: the owner polls fd() and accepts.
#ifndef ASSAY_IO_ASK_LISTENER_H_
#define ASSAY_IO_ASK_LISTENER_H_

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "io/ask/connection.h"

namespace assay {

class AskListener {
 public:
  // Takes a listening socket (of systemd's LISTEN_FDS). kHookMalformed when
  // it is not a listening AF_UNIX socket of packets.
  static Result<AskListener> Adopt(UniqueFd fd);

  // Binds `path` with mode 0600. Its folder is made with mode 0700 when it is
  // missing. A socket nobody answers is removed first. Errors: kFileUnsafe
  // (the folder may be written by others, or something else is in the way),
  // kWriteFailed (another daemon answers there, or the system refuses).
  static Result<AskListener> Bind(const std::string& path);

  // For poll(); readable means that Accept will not wait.
  int fd() const { return fd_.get(); }

  // The next connection. Errors: kHookNoAnswer when there is none after all;
  // kOverloaded when it cannot be taken now, for want of descriptors mostly,
  // and stays where it is. Never waits.
  Result<AskConnection> Accept() const;

 private:
  explicit AskListener(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace assay

#endif  // ASSAY_IO_ASK_LISTENER_H_
