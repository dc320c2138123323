// NriConnection: the runtime's socket. One owner thread.
#ifndef ASSAY_IO_NRI_CONNECTION_H_
#define ASSAY_IO_NRI_CONNECTION_H_

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

class NriConnection {
 public:
  // `path` is absolute. Errors: kRuntimeUnreachable where nobody listens, also
  // where somebody else than root does: who answers there hears every pod's
  // environment and could ask us for verdicts.
  static Result<NriConnection> Open(const std::string& path);
  // For a socket that is connected already.
  explicit NriConnection(UniqueFd fd) : fd_(std::move(fd)) {}

  // What came, at most 64 KiB; waits for it until `until`, or for ever. "" when
  // `stop` became readable. Errors: kRuntimeUnreachable (it ended), kDeadline.
  Result<std::string> Receive(int stop, Deadline until);
  // All of it. Errors: kRuntimeUnreachable, kDeadline after two seconds.
  Status Send(std::string_view bytes);

 private:
  UniqueFd fd_;
};

}  // namespace assay

#endif  // ASSAY_IO_NRI_CONNECTION_H_
