#include "cli/daemon_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

#include "api/assay.grpc.pb.h"

namespace assay {
namespace {

constexpr std::chrono::seconds kShort{5};
// Deciding about every container of a node, or about a registry's image.
constexpr std::chrono::seconds kLong{60};
// About every image of a node, with the registry; rows come meanwhile.
constexpr std::chrono::seconds kSurvey{30 * 60};

}  // namespace

struct DaemonClient::Channel {
  std::string socket;
  std::unique_ptr<v1::Enforcer::Stub> stub;

  ::assay::Status Close(const grpc::Status& status) const {
    if (status.ok()) return Ok();
    if (status.error_code() == grpc::INVALID_ARGUMENT) {
      return Fail(Reason::kPolicyMalformed, status.error_message());
    }
    const bool late = status.error_code() == grpc::DEADLINE_EXCEEDED;
    return Fail(late ? Reason::kDeadline : Reason::kDaemonUnreachable,
                socket + ": " + status.error_message());
  }

  template <typename Row, typename Request>
  ::assay::Status ReadAll(std::unique_ptr<grpc::ClientReader<Row>> (
                              v1::Enforcer::Stub::*method)(grpc::ClientContext*,
                                                           const Request&),
                          const Request& request,
                          const std::function<void(const Row&)>& tell) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kSurvey);
    const auto reader = ((*stub).*method)(&context, request);
    Row row;
    while (reader->Read(&row)) tell(row);
    return Close(reader->Finish());
  }

  template <typename Request, typename Reply>
  Result<Reply> Call(grpc::Status (v1::Enforcer::Stub::*method)(
                         grpc::ClientContext*, const Request&, Reply*),
                     const Request& request, std::chrono::seconds time) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + time);
    Reply reply;
    const grpc::Status status = ((*stub).*method)(&context, request, &reply);
    if (status.ok()) return reply;
    return Close(status).error();
  }
};

DaemonClient::DaemonClient(const Paths& paths)
    : channel_(std::make_unique<Channel>()) {
  channel_->socket = paths.EnforcerSocket();
  channel_->stub = v1::Enforcer::NewStub(grpc::CreateChannel(
      "unix:" + channel_->socket, grpc::InsecureChannelCredentials()));
}

DaemonClient::~DaemonClient() = default;

Result<v1::StatusReply> DaemonClient::Status() {
  return channel_->Call(&v1::Enforcer::Stub::Status, v1::StatusRequest(),
                        kShort);
}

Result<v1::RunningReply> DaemonClient::Running() {
  return channel_->Call(&v1::Enforcer::Stub::Running, v1::RunningRequest(),
                        kLong);
}

Result<v1::ReloadReply> DaemonClient::Reload() {
  return channel_->Call(&v1::Enforcer::Stub::Reload, v1::ReloadRequest(),
                        kShort);
}

::assay::Status DaemonClient::Compare(
    const v1::CompareRequest& request,
    const std::function<void(const v1::ComparedImage&)>& tell) {
  return channel_->ReadAll(&v1::Enforcer::Stub::Compare, request, tell);
}

::assay::Status DaemonClient::Survey(
    const v1::SurveyRequest& request,
    const std::function<void(const v1::SurveyedImage&)>& tell) {
  return channel_->ReadAll(&v1::Enforcer::Stub::Survey, request, tell);
}

Result<v1::Decision> DaemonClient::Verify(const v1::VerifyRequest& request) {
  return channel_->Call(&v1::Enforcer::Stub::Verify, request, kLong);
}

}  // namespace assay
