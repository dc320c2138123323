#include "io/containerd/channel.h"

#include <algorithm>
#include <chrono>

#include "api/containerd/container_events.pb.h"
#include "api/containerd/events.grpc.pb.h"
#include "api/containerd/images.pb.h"
#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

namespace events = containerd::services::events::v1;
namespace images = containerd::services::images::v1;

// How long a call may wait for a containerd that is just being restarted.
constexpr std::chrono::milliseconds kReconnect{1000};

std::chrono::system_clock::time_point ToWallClock(Deadline deadline) {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(
             deadline - std::chrono::steady_clock::now());
}

void Prepare(grpc::ClientContext& context, const CallScope& scope,
             Deadline deadline) {
  if (!scope.runtime_namespace.empty()) {
    context.AddMetadata("containerd-namespace", scope.runtime_namespace);
  }
  context.set_deadline(ToWallClock(deadline));
}

template <typename Message>
std::string NameIn(const events::Envelope& envelope,
                   const std::string& (Message::*name)() const) {
  Message message;
  if (!message.ParseFromString(envelope.event().value())) return {};
  return (message.*name)();
}

std::string NameIn(const events::Envelope& envelope) {
  if (envelope.topic() == "/images/create") {
    return NameIn(envelope, &images::ImageCreate::name);
  }
  if (envelope.topic() == "/images/update") {
    return NameIn(envelope, &images::ImageUpdate::name);
  }
  return NameIn(envelope, &containerd::events::ContainerCreate::id);
}

}  // namespace

std::unique_ptr<grpc::ClientContext> FirstTry(const CallScope& scope) {
  auto context = std::make_unique<grpc::ClientContext>();
  Prepare(*context, scope, scope.deadline);
  return context;
}

std::unique_ptr<grpc::ClientContext> SecondTry(const CallScope& scope) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_wait_for_ready(true);
  Prepare(
      *context, scope,
      std::min(scope.deadline, std::chrono::steady_clock::now() + kReconnect));
  return context;
}

Status Judge(const grpc::Status& status, const std::string& what,
             Deadline deadline) {
  if (status.ok()) return Ok();
  const std::string text =
      Printable(what) + ": " + Printable(status.error_message());
  const grpc::StatusCode code = status.error_code();
  if (code == grpc::StatusCode::NOT_FOUND) return Fail(Reason::kNotFound, text);
  if (code == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    return Fail(Reason::kTooLarge, text);
  }
  const bool late = code == grpc::StatusCode::DEADLINE_EXCEEDED &&
                    std::chrono::steady_clock::now() >= deadline;
  return Fail(late ? Reason::kDeadline : Reason::kRuntimeUnreachable, text);
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& socket) {
  grpc::ChannelArguments arguments;
  // Otherwise the socket's path would become the authority, which containerd's
  // HTTP/2 refuses.
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(limits::kRuntimeMessageBytes);
  // A restarted containerd is to be found again at once. The second value is
  // also how long one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Ask and SentCall repeat what is to be repeated; the library's own retries
  // cost every call, and so does finding out how fast a unix socket is.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  // Its own connection, even if another channel has the same address.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      "unix://" + socket, grpc::InsecureChannelCredentials(), arguments);
}

Status Ask(const CallScope& scope, const std::string& what,
           const std::function<grpc::Status(grpc::ClientContext*)>& call) {
  if (std::chrono::steady_clock::now() >= scope.deadline) {
    return Fail(Reason::kDeadline, Printable(what));
  }
  auto context = FirstTry(scope);
  grpc::Status status = call(context.get());
  if (ConnectionGone(status)) {
    context = SecondTry(scope);
    status = call(context.get());
  }
  return Judge(status, what, scope.deadline);
}

Status EventStream::Follow(
    const std::shared_ptr<grpc::Channel>& channel,
    const std::function<void()>& connected,
    const std::function<void(const ContainerdEvent&)>& sink) {
  const auto stub = events::Events::NewStub(channel);
  grpc::ClientContext context;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Ok();
    context_ = &context;
  }
  events::SubscribeRequest request;
  request.add_filters("topic==\"/images/create\"");
  request.add_filters("topic==\"/images/update\"");
  request.add_filters("topic==\"/containers/create\"");
  const auto stream = stub->Subscribe(&context, request);
  // containerd sends no headers before the first event, so the channel's state
  // is all there is to know of the subscription.
  if (channel->WaitForConnected(std::chrono::system_clock::now() +
                                kReconnect)) {
    connected();
  }
  events::Envelope envelope;
  while (stream->Read(&envelope)) {
    ContainerdEvent event{envelope.namespace_(), envelope.topic(),
                          NameIn(envelope)};
    if (!event.name.empty()) sink(event);
  }
  const grpc::Status ended = stream->Finish();
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
  if (stopped_) return Ok();
  return Fail(Reason::kRuntimeUnreachable,
              "events: " + Printable(ended.error_message()));
}

void EventStream::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (context_ != nullptr) context_->TryCancel();
}

}  // namespace assay
