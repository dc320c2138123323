// The daemon's gRPC service assay.v1.Enforcer, asked over its unix socket.
// Everything gRPC of the command line is in this library; commands that do not
// ask the daemon never start it.
#ifndef ASSAY_CLI_DAEMON_CLIENT_H_
#define ASSAY_CLI_DAEMON_CLIENT_H_

#include <functional>
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
  // Calls `tell` for each row as it comes. These may also end with
  // kPolicyMalformed: the daemon's words about the policy, one problem a line.
  ::assay::Status Compare(
      const v1::CompareRequest& request,
      const std::function<void(const v1::ComparedImage&)>& tell);
  ::assay::Status Survey(
      const v1::SurveyRequest& request,
      const std::function<void(const v1::SurveyedImage&)>& tell);

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace assay

#endif  // ASSAY_CLI_DAEMON_CLIENT_H_
