#include "io/canary/image_import.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <utility>

#include "api/containerd/content.grpc.pb.h"
#include "api/containerd/images.grpc.pb.h"
#include "api/containerd/leases.grpc.pb.h"
#include "base/clock.h"

namespace assay {
namespace {

namespace content = containerd::services::content::v1;
namespace images = containerd::services::images::v1;
namespace leases = containerd::services::leases::v1;

constexpr std::chrono::seconds kImportPatience{10};

// A call about pods; what it writes belongs to the lease, if there is one.
std::unique_ptr<grpc::ClientContext> InPods(const std::string& lease = {}) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("containerd-namespace", "k8s.io");
  if (!lease.empty()) context->AddMetadata("containerd-lease", lease);
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

// Keeps blobs that no image names yet from containerd's garbage collection,
// which a refused pull starts. Ends by itself if we do not come to end it.
class Lease {
 public:
  Lease(const std::shared_ptr<grpc::Channel>& channel, std::string id)
      : stub_(channel), id_(std::move(id)) {}
  ~Lease() {
    leases::DeleteRequest request;
    request.set_id(id_);
    google::protobuf::Empty nothing;
    const auto context = InPods();
    (void)stub_.Delete(context.get(), request, &nothing);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Status Take() {
    leases::CreateRequest request;
    request.set_id(id_);
    const auto end = std::chrono::time_point_cast<std::chrono::seconds>(
        std::chrono::system_clock::now() + std::chrono::minutes(10));
    (*request.mutable_labels())["containerd.io/gc.expire"] = Rfc3339(end);
    leases::CreateResponse response;
    const auto context = InPods();
    return Judged(stub_.Create(context.get(), request, &response), "lease");
  }
  const std::string& id() const { return id_; }

 private:
  leases::Leases::Stub stub_;
  const std::string id_;
};

// One message that is a whole blob and its end.
Status Write(content::Content::Stub& stub, const CanaryBlob& blob,
             const CanaryImage& image, const std::string& lease) {
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
  const auto context = InPods(lease);
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
  Lease lease(channel, "assay-canary-" + image.tag);
  if (Status taken = lease.Take(); !taken) return taken;
  content::Content::Stub contents(channel);
  for (const CanaryBlob* blob : image.Blobs()) {
    if (Status written = Write(contents, *blob, image, lease.id()); !written) {
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
  const auto context = InPods(lease.id());
  return Judged(stub.Create(context.get(), request, &response), name);
}

}  // namespace assay
