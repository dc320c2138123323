#include "io/canary/cri_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "api/cri/runtime_service.grpc.pb.h"

namespace assay {
namespace {

namespace cri = runtime::v1;

constexpr std::chrono::seconds kPatience{60};
constexpr const char* kNamespace = "assay-canary";
// A name that every cgroup driver takes: a slice for systemd's, and a folder
// for the other.
constexpr const char* kCgroupParent = "assay-canary.slice";

template <typename Stub, typename Request, typename Response>
Status Call(Stub& stub,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                         Response*),
            const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.ok()) return Ok();
  return Fail(Reason::kRuntimeUnreachable, status.error_message());
}

cri::PodSandboxConfig PodConfig(const std::string& pod) {
  cri::PodSandboxConfig config;
  config.mutable_metadata()->set_name(pod);
  config.mutable_metadata()->set_uid(pod);
  config.mutable_metadata()->set_namespace_(kNamespace);
  config.mutable_linux()->set_cgroup_parent(kCgroupParent);
  config.mutable_linux()
      ->mutable_security_context()
      ->mutable_namespace_options()
      ->set_network(cri::NODE);
  return config;
}

}  // namespace

struct CriClient::Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel)
      : runtime(channel), images(channel) {}
  cri::RuntimeService::Stub runtime;
  cri::ImageService::Stub images;
};

CriClient::CriClient(const std::string& socket, std::string pod)
    : stubs_(std::make_unique<Stubs>(grpc::CreateChannel(
          "unix:" + socket, grpc::InsecureChannelCredentials()))),
      pod_(std::move(pod)) {}

CriClient::~CriClient() = default;

Status CriClient::Pull(const std::string& image) {
  cri::PullImageRequest request;
  request.mutable_image()->set_image(image);
  *request.mutable_sandbox_config() = PodConfig(pod_);
  cri::PullImageResponse response;
  return Call(stubs_->images, &cri::ImageService::Stub::PullImage, request,
              response);
}

Result<std::string> CriClient::ImageId(const std::string& image) {
  cri::ImageStatusRequest request;
  request.mutable_image()->set_image(image);
  cri::ImageStatusResponse response;
  Status asked = Call(stubs_->images, &cri::ImageService::Stub::ImageStatus,
                      request, response);
  if (!asked) return asked.error();
  if (response.image().id().empty()) return Fail(Reason::kNotFound, image);
  return response.image().id();
}

void CriClient::RemoveImage(const std::string& image) {
  cri::RemoveImageRequest request;
  request.mutable_image()->set_image(image);
  cri::RemoveImageResponse response;
  (void)Call(stubs_->images, &cri::ImageService::Stub::RemoveImage, request,
             response);
}

Result<std::string> CriClient::RunPod(const std::string& handler) {
  cri::RunPodSandboxRequest request;
  *request.mutable_config() = PodConfig(pod_);
  request.set_runtime_handler(handler);
  cri::RunPodSandboxResponse response;
  Status run = Call(stubs_->runtime, &cri::RuntimeService::Stub::RunPodSandbox,
                    request, response);
  if (!run) return run.error();
  return response.pod_sandbox_id();
}

Result<std::string> CriClient::Create(const std::string& pod_id,
                                      const std::string& image_id) {
  cri::CreateContainerRequest request;
  request.set_pod_sandbox_id(pod_id);
  *request.mutable_sandbox_config() = PodConfig(pod_);
  cri::ContainerConfig& config = *request.mutable_config();
  config.mutable_metadata()->set_name("canary");
  config.mutable_image()->set_image(image_id);
  config.mutable_linux()
      ->mutable_security_context()
      ->mutable_namespace_options()
      ->set_network(cri::NODE);
  cri::CreateContainerResponse response;
  Status created =
      Call(stubs_->runtime, &cri::RuntimeService::Stub::CreateContainer,
           request, response);
  if (!created) return created.error();
  return response.container_id();
}

Status CriClient::Start(const std::string& container_id) {
  cri::StartContainerRequest request;
  request.set_container_id(container_id);
  cri::StartContainerResponse response;
  return Call(stubs_->runtime, &cri::RuntimeService::Stub::StartContainer,
              request, response);
}

void CriClient::RemovePod(const std::string& pod_id) {
  cri::StopPodSandboxRequest stop;
  stop.set_pod_sandbox_id(pod_id);
  cri::StopPodSandboxResponse stopped;
  (void)Call(stubs_->runtime, &cri::RuntimeService::Stub::StopPodSandbox, stop,
             stopped);
  cri::RemovePodSandboxRequest remove;
  remove.set_pod_sandbox_id(pod_id);
  cri::RemovePodSandboxResponse removed;
  (void)Call(stubs_->runtime, &cri::RuntimeService::Stub::RemovePodSandbox,
             remove, removed);
}

}  // namespace assay
