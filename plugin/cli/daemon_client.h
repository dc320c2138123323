// The daemon's gRPC service assay.v1.Enforcer, asked over its unix socket.
// Everything gRPC of the command line is in this library; commands that do not
// ask the daemon never start it.
#ifndef ASSAY_CLI_DAEMON_CLIENT_H_
#define ASSAY_CLI_DAEMON_CLIENT_H_

#include <memory>

#include "api/assay.pb.h"
#include "base/paths.h"
#include "base/result.h"

namespace assay {

// One owner thread. Each call ends by itself within its deadline. Errors:
// kDaemonUnreachable (with what the socket or gRPC said), kDeadline.
class DaemonClient {
 public:
  explicit DaemonClient(const Paths& paths);
  ~DaemonClient();
  DaemonClient(const DaemonClient&) = delete;
  DaemonClient& operator=(const DaemonClient&) = delete;

  Result<v1::StatusReply> Status();
  Result<v1::RunningReply> Running();
  Result<v1::ReloadReply> Reload();
  Result<v1::Decision> Verify(const v1::VerifyRequest& request);

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace assay

#endif  // ASSAY_CLI_DAEMON_CLIENT_H_
