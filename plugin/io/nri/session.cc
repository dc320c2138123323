#include "io/nri/session.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "api/nri/nri.pb.h"
#include "base/bytes.h"
#include "io/nri/limits.h"
#include "io/nri/rpc.h"

namespace assay {
namespace {

namespace api = nri::pkg::api::v1alpha1;

constexpr std::string_view kPluginService = "nri.pkg.api.v1alpha1.Plugin";
constexpr std::string_view kRuntimeService = "nri.pkg.api.v1alpha1.Runtime";
constexpr std::uint32_t kRegisterStream = 1;
constexpr std::string_view kImageName = "io.kubernetes.cri.image-name";

// Calls that only tell something. All their answers are empty.
constexpr auto kTold = std::to_array<std::string_view>(
    {"Shutdown", "RunPodSandbox", "UpdatePodSandbox", "StopPodSandbox",
     "PostUpdatePodSandbox", "RemovePodSandbox", "UpdateContainer",
     "PostCreateContainer", "PostStartContainer", "StopContainer",
     "PostUpdateContainer", "RemoveContainer"});

std::string MalformedCall(std::string_view what) {
  return WriteFailure(RpcCode::kInvalidArgument,
                      "hook-malformed: " + std::string(what));
}

bool IsShort(const std::string& text) {
  return text.size() <= limits::kNriTextBytes;
}

// The last of equal keys counts, as in every map of protobuf's.
std::string AnnotatedImage(const api::Container& container) {
  std::string name;
  for (const api::MapEntry& entry : container.annotations()) {
    if (entry.key() == kImageName) name = entry.value();
  }
  return name;
}

// A runtime throws out whoever sends it a string that is no UTF-8, and then
// makes the container.
std::string Utf8Line(const std::string& line) {
  return IsUtf8(line) ? line : Printable(line, limits::kNriTextBytes);
}

// Nothing where a text is longer than any runtime makes it.
std::optional<NriContainer> ReadContainer(const api::PodSandbox& pod,
                                          const api::Container& container) {
  NriContainer read{container.id(),
                    container.pod_sandbox_id(),
                    container.name(),
                    pod.name(),
                    pod.namespace_(),
                    AnnotatedImage(container),
                    container.state() == api::CONTAINER_RUNNING ||
                        container.state() == api::CONTAINER_PAUSED};
  for (const std::string* text :
       {&read.id, &read.sandbox, &read.name, &read.pod, &read.pod_namespace,
        &read.image_name}) {
    if (!IsShort(*text)) return std::nullopt;
  }
  if (read.id.empty()) return std::nullopt;
  return read;
}

// Nothing where the message cannot be read, or the pod is another one's: a
// container must not be judged by another namespace's rules.
template <typename Request>
std::optional<NriContainer> ReadEvent(const Request& request) {
  if (!request.has_pod() || !request.has_container() ||
      request.pod().id() != request.container().pod_sandbox_id()) {
    return std::nullopt;
  }
  return ReadContainer(request.pod(), request.container());
}

template <typename Request>
std::optional<NriContainer> ParseEvent(const std::string& payload) {
  Request request;
  if (!request.ParseFromString(payload)) return std::nullopt;
  return ReadEvent(request);
}

}  // namespace

Status NriSession::Register(const std::string& name, const std::string& index) {
  api::RegisterPluginRequest request;
  request.set_plugin_name(name);
  request.set_plugin_idx(index);
  awaiting_ = true;
  return send_(MuxFrames(
      kNriRuntimeConnection,
      WriteTtrpc(TtrpcType::kRequest, kRegisterStream,
                 WriteCall({std::string(kRuntimeService), "RegisterPlugin",
                            request.SerializeAsString()}))));
}

Status NriSession::Take(std::string_view bytes) {
  return mux_.Take(
      bytes, [this](std::uint32_t connection, std::string_view part) -> Status {
        if (connection == kNriPluginConnection) {
          return calls_.Take(part, [this](const TtrpcMessage& message) {
            return TakeCall(message);
          });
        }
        return answers_.Take(part, [this](const TtrpcMessage& message) {
          return TakeAnswer(message);
        });
      });
}

Status NriSession::TakeAnswer(const TtrpcMessage& message) {
  if (message.type != TtrpcType::kResponse || !awaiting_ ||
      message.stream != kRegisterStream || message.oversized) {
    return Fail(Reason::kHookMalformed, "an answer to nothing that was asked");
  }
  awaiting_ = false;
  return ReadAnswer(message.data);
}

Status NriSession::TakeCall(const TtrpcMessage& message) {
  // A client's streams are odd and ascend (ttrpc, PROTOCOL.md).
  if (message.type != TtrpcType::kRequest || message.stream % 2 == 0 ||
      message.stream <= last_stream_) {
    return Fail(Reason::kHookMalformed,
                "no call: stream " + std::to_string(message.stream) +
                    " after " + std::to_string(last_stream_));
  }
  last_stream_ = message.stream;
  const std::string response = Respond(message);
  const Status sent = send_(
      MuxFrames(kNriPluginConnection,
                WriteTtrpc(TtrpcType::kResponse, message.stream, response)));
  if (!sent) return sent;
  if (ended_) return *ended_;
  return Ok();
}

std::string NriSession::Respond(const TtrpcMessage& message) {
  if (message.oversized) {
    return WriteFailure(RpcCode::kResourceExhausted,
                        "hook-malformed: a message of more than " +
                            std::to_string(limits::kNriMessageBytes) +
                            " bytes");
  }
  const auto call = ReadCall(message.data);
  if (!call) return MalformedCall(call.error().detail);
  if (call->service != kPluginService) {
    return WriteFailure(RpcCode::kUnimplemented,
                        "no service " + Printable(call->service));
  }
  return Serve(call->method, call->payload);
}

std::string NriSession::Serve(const std::string& method,
                              const std::string& payload) {
  static const std::map<std::string_view,
                        std::string (NriSession::*)(const std::string&)>
      kServed{{"Configure", &NriSession::Configure},
              {"Synchronize", &NriSession::Synchronize},
              {"CreateContainer", &NriSession::Create},
              {"ValidateContainerAdjustment", &NriSession::Validate},
              {"StartContainer", &NriSession::Start},
              {"StateChange", &NriSession::ChangeState}};
  if (const auto found = kServed.find(method); found != kServed.end()) {
    return (this->*found->second)(payload);
  }
  if (std::find(kTold.begin(), kTold.end(), method) != kTold.end()) {
    return WriteAnswer({});
  }
  return WriteFailure(RpcCode::kUnimplemented,
                      "no method " + Printable(method));
}

std::string NriSession::Configure(const std::string& payload) {
  api::ConfigureRequest request;
  if (!request.ParseFromString(payload) || !IsShort(request.runtime_name()) ||
      !IsShort(request.runtime_version()) || !IsShort(request.nri_version())) {
    return MalformedCall("Configure");
  }
  runtime_ = DescribeRuntime(request.runtime_name(), request.runtime_version(),
                             request.request_timeout());
  const auto mask = port_.Configure(runtime_, request.nri_version());
  if (!mask) {
    ended_ = mask.error();
    return WriteFailure(RpcCode::kInvalidArgument,
                        Utf8Line(mask.error().detail));
  }
  configured_ = true;
  validates_ = HasValidation(*mask);
  api::ConfigureResponse response;
  response.set_events(*mask);
  return WriteAnswer(response.SerializeAsString());
}

std::string NriSession::Synchronize(const std::string& payload) {
  api::SynchronizeRequest request;
  if (!request.ParseFromString(payload)) return MalformedCall("Synchronize");
  std::map<std::string_view, const api::PodSandbox*> pods;
  for (const api::PodSandbox& pod : request.pods())
    pods.emplace(pod.id(), &pod);
  for (const api::Container& container : request.containers()) {
    if (synchronizing_.size() >= limits::kNriContainers) break;
    // A pod may have come in an earlier part; the container's own record tells
    // its namespace later, too.
    const auto pod = pods.find(container.pod_sandbox_id());
    auto read = ReadContainer(
        pod == pods.end() ? api::PodSandbox() : *pod->second, container);
    if (read) synchronizing_.push_back(*std::move(read));
  }
  if (!request.more()) {
    synchronized_ = true;
    port_.Synchronize(std::exchange(synchronizing_, {}));
  }
  api::SynchronizeResponse response;
  response.set_more(request.more());
  return WriteAnswer(response.SerializeAsString());
}

std::string NriSession::Create(const std::string& payload) {
  const auto container = ParseEvent<api::CreateContainerRequest>(payload);
  if (!container) return MalformedCall("CreateContainer");
  // No late or lost answer here stops a container. Where a better question
  // follows, the verdict belongs there.
  if (validates_) return WriteAnswer({});
  return Refuse(NriMoment::kCreate, *container);
}

std::string NriSession::Validate(const std::string& payload) {
  const auto container =
      ParseEvent<api::ValidateContainerAdjustmentRequest>(payload);
  if (!container) return MalformedCall("ValidateContainerAdjustment");
  api::ValidateContainerAdjustmentResponse response;
  if (auto line = port_.Decide(NriMoment::kCreate, *container)) {
    response.set_reject(true);
    response.set_reason(Utf8Line(*line));
  }
  return WriteAnswer(response.SerializeAsString());
}

std::string NriSession::Start(const std::string& payload) {
  const auto container = ParseEvent<api::StartContainerRequest>(payload);
  if (!container) return MalformedCall("StartContainer");
  return Refuse(NriMoment::kStart, *container);
}

std::string NriSession::ChangeState(const std::string& payload) {
  api::StateChangeEvent event;
  if (!event.ParseFromString(payload)) return MalformedCall("StateChange");
  if (event.event() != api::START_CONTAINER) return WriteAnswer({});
  const auto container = ReadEvent(event);
  if (!container) return MalformedCall("StateChange");
  return Refuse(NriMoment::kStart, *container);
}

std::string NriSession::Refuse(NriMoment moment,
                               const NriContainer& container) {
  const auto line = port_.Decide(moment, container);
  return line ? WriteFailure(RpcCode::kPermissionDenied, Utf8Line(*line))
              : WriteAnswer({});
}

}  // namespace assay
