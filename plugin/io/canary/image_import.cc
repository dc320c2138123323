#include "io/canary/image_import.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "api/containerd/content.grpc.pb.h"
#include "api/containerd/images.grpc.pb.h"

namespace assay {
namespace {

namespace content = containerd::services::content::v1;
namespace images = containerd::services::images::v1;

constexpr std::chrono::seconds kImportPatience{10};

std::unique_ptr<grpc::ClientContext> InPods() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("containerd-namespace", "k8s.io");
  context->set_deadline(std::chrono::system_clock::now() + kImportPatience);
  return context;
}

Status Judged(const grpc::Status& status, const std::string& what) {
  const bool there =
      status.ok() || status.error_code() == grpc::StatusCode::ALREADY_EXISTS;
  if (there) return Ok();
  return Fail(Reason::kRuntimeUnreachable,
              what + ": " + status.error_message());
}

// One message that is a whole blob and its end.
Status Write(content::Content::Stub& stub, const CanaryBlob& blob,
             const CanaryImage& image) {
  const auto size = static_cast<std::int64_t>(blob.bytes.size());
  content::WriteContentRequest request;
  request.set_action(content::COMMIT);
  request.set_ref("assay-canary-" + blob.digest.str());
  request.set_total(size);
  request.set_expected(blob.digest.str());
  request.set_data(blob.bytes);
  if (&blob == &image.manifest) {
    // What keeps the other blobs as long as the image is there, and no longer.
    auto& labels = *request.mutable_labels();
    labels["containerd.io/gc.ref.content.config"] = image.config.digest.str();
    labels["containerd.io/gc.ref.content.l.0"] = image.layer.digest.str();
  }
  const auto context = InPods();
  const auto stream = stub.Write(context.get());
  stream->Write(request);
  stream->WritesDone();
  content::WriteContentResponse response;
  while (stream->Read(&response)) continue;
  return Judged(stream->Finish(), blob.media_type);
}

}  // namespace

Status ImportCanary(const std::string& socket, const std::string& name,
                    const CanaryImage& image) {
  const auto channel =
      grpc::CreateChannel("unix:" + socket, grpc::InsecureChannelCredentials());
  content::Content::Stub contents(channel);
  for (const CanaryBlob* blob : image.Blobs()) {
    if (Status written = Write(contents, *blob, image); !written) {
      return written;
    }
  }
  images::Images::Stub stub(channel);
  images::CreateImageRequest request;
  request.mutable_image()->set_name(name);
  auto& target = *request.mutable_image()->mutable_target();
  target.set_media_type(image.manifest.media_type);
  target.set_digest(image.manifest.digest.str());
  target.set_size(static_cast<std::int64_t>(image.manifest.bytes.size()));
  images::CreateImageResponse response;
  const auto context = InPods();
  return Judged(stub.Create(context.get(), request, &response), name);
}

}  // namespace assay
