#include "io/containerd/client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "api/containerd/containers.grpc.pb.h"
#include "api/containerd/content.grpc.pb.h"
#include "api/containerd/images.grpc.pb.h"
#include "api/containerd/introspection.grpc.pb.h"
#include "api/containerd/namespaces.grpc.pb.h"
#include "api/containerd/snapshots.grpc.pb.h"
#include "api/containerd/tasks.grpc.pb.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "io/containerd/channel.h"

namespace assay {
namespace {

namespace containers = containerd::services::containers::v1;
namespace content = containerd::services::content::v1;
namespace images = containerd::services::images::v1;
namespace introspection = containerd::services::introspection::v1;
namespace namespaces = containerd::services::namespaces::v1;
namespace snapshots = containerd::services::snapshots::v1;
namespace tasks = containerd::services::tasks::v1;

RecordTime ToTime(const google::protobuf::Timestamp& time) {
  return RecordTime(std::chrono::seconds(time.seconds()) +
                    std::chrono::nanoseconds(time.nanos()));
}

std::string Extension(const containers::Container& record,
                      const std::string& key) {
  const auto found = record.extensions().find(key);
  return found == record.extensions().end() ? std::string()
                                            : found->second.value();
}

ContainerRecord ToRecord(const containers::Container& record) {
  return ContainerRecord{
      .id = record.id(),
      .image = record.image(),
      .snapshotter = record.snapshotter(),
      .snapshot_key = record.snapshot_key(),
      .created = ToTime(record.created_at()),
      .spec = record.spec().value(),
      .cri_container =
          Extension(record, "io.cri-containerd.container.metadata"),
      .cri_sandbox = Extension(record, "io.cri-containerd.sandbox.metadata"),
  };
}

ImageRecord ToRecord(const images::Image& record) {
  return ImageRecord{.name = record.name(),
                     .target = record.target().digest(),
                     .updated = ToTime(record.updated_at())};
}

Result<std::vector<ImageRecord>> ToRecords(
    const images::ListImagesResponse& answer) {
  if (static_cast<std::size_t>(answer.images_size()) > limits::kRuntimeImages) {
    return Fail(Reason::kTooLarge, "the namespace has more than " +
                                       std::to_string(limits::kRuntimeImages) +
                                       " images");
  }
  std::vector<ImageRecord> records;
  for (const auto& image : answer.images()) records.push_back(ToRecord(image));
  return records;
}

SnapshotKind ToKind(snapshots::Kind kind) {
  if (kind == snapshots::VIEW) return SnapshotKind::kView;
  if (kind == snapshots::ACTIVE) return SnapshotKind::kActive;
  if (kind == snapshots::COMMITTED) return SnapshotKind::kCommitted;
  return SnapshotKind::kUnknown;
}

SnapshotRecord ToRecord(const snapshots::Info& info) {
  return SnapshotRecord{.kind = ToKind(info.kind()),
                        .parent = info.parent(),
                        .created = ToTime(info.created_at())};
}

std::vector<SnapshotMount> ToMounts(const snapshots::MountsResponse& answer) {
  std::vector<SnapshotMount> mounts;
  for (const auto& mount : answer.mounts()) {
    mounts.push_back({mount.type(),
                      mount.source(),
                      {mount.options().begin(), mount.options().end()}});
  }
  return mounts;
}

// Sends a call whose answer `convert` makes into a T or a Result of it.
template <typename T, typename Answer, typename Convert>
Pending<T> Send(const CallScope& scope, std::string what,
                typename SentCall<Answer>::Send send, Convert convert) {
  auto call = std::make_shared<SentCall<Answer>>(scope, std::move(what),
                                                 std::move(send));
  return Pending<T>([call, convert]() -> Result<T> {
    const Result<Answer> answer = call->Wait();
    if (!answer) return answer.error();
    return convert(*answer);
  });
}

}  // namespace

class ContainerdClient::Impl {
 public:
  explicit Impl(const std::string& socket)
      : channel(OpenChannel(socket)),
        containers_stub(containers::Containers::NewStub(channel)),
        content_stub(content::Content::NewStub(channel)),
        images_stub(images::Images::NewStub(channel)),
        introspection_stub(introspection::Introspection::NewStub(channel)),
        namespaces_stub(namespaces::Namespaces::NewStub(channel)),
        snapshots_stub(snapshots::Snapshots::NewStub(channel)),
        tasks_stub(tasks::Tasks::NewStub(channel)) {}

  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<containers::Containers::Stub> containers_stub;
  const std::unique_ptr<content::Content::Stub> content_stub;
  const std::unique_ptr<images::Images::Stub> images_stub;
  const std::unique_ptr<introspection::Introspection::Stub> introspection_stub;
  const std::unique_ptr<namespaces::Namespaces::Stub> namespaces_stub;
  const std::unique_ptr<snapshots::Snapshots::Stub> snapshots_stub;
  const std::unique_ptr<tasks::Tasks::Stub> tasks_stub;

  EventStream events;
  std::mutex mutex;
  std::optional<std::string> content_root;  // guarded by mutex
};

ContainerdClient::ContainerdClient(const std::string& socket)
    : impl_(std::make_unique<Impl>(socket)) {}

ContainerdClient::~ContainerdClient() = default;

Result<std::vector<std::string>> ContainerdClient::Namespaces(
    Deadline deadline) {
  namespaces::ListNamespacesResponse answer;
  const Status asked =
      Ask({"", deadline}, "list namespaces", [&](grpc::ClientContext* context) {
        return impl_->namespaces_stub->List(context, {}, &answer);
      });
  if (!asked) return asked.error();
  std::vector<std::string> names;
  for (const auto& entry : answer.namespaces()) names.push_back(entry.name());
  return names;
}

Result<std::string> ContainerdClient::ContentRoot(Deadline deadline) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->content_root) return *impl_->content_root;
  }
  introspection::PluginsRequest request;
  request.add_filters("type==io.containerd.content.v1,id==content");
  introspection::PluginsResponse answer;
  const Status asked = Ask({"", deadline}, "find the content store",
                           [&](grpc::ClientContext* context) {
                             return impl_->introspection_stub->Plugins(
                                 context, request, &answer);
                           });
  if (!asked) return asked.error();
  for (const auto& plugin : answer.plugins()) {
    const auto root = plugin.exports().find("root");
    if (root == plugin.exports().end() || !root->second.starts_with('/')) {
      continue;
    }
    const std::lock_guard lock(impl_->mutex);
    impl_->content_root = root->second;
    return root->second;
  }
  return Fail(Reason::kRuntimeUnreachable,
              "containerd does not tell where its content store is");
}

Pending<ContainerRecord> ContainerdClient::Container(const CallScope& scope,
                                                     const std::string& id) {
  containers::GetContainerRequest request;
  request.set_id(id);
  return Send<ContainerRecord, containers::GetContainerResponse>(
      scope, "get container " + id,
      [this, request](auto* context, auto* queue) {
        return impl_->containers_stub->AsyncGet(context, request, queue);
      },
      [](const auto& answer) { return ToRecord(answer.container()); });
}

Result<std::vector<ContainerRecord>> ContainerdClient::Containers(
    const CallScope& scope) {
  std::vector<ContainerRecord> records;
  const Status asked =
      Ask(scope, "list containers", [&](grpc::ClientContext* context) {
        records.clear();
        const auto stream = impl_->containers_stub->ListStream(context, {});
        containers::ListContainerMessage message;
        while (stream->Read(&message)) {
          if (records.size() >= limits::kRuntimeContainers) {
            context->TryCancel();
            break;
          }
          records.push_back(ToRecord(message.container()));
        }
        return stream->Finish();
      });
  if (!asked) return asked.error();
  return records;
}

Result<std::set<std::string>> ContainerdClient::RunningTasks(
    const CallScope& scope) {
  tasks::ListTasksResponse answer;
  const Status asked =
      Ask(scope, "list tasks", [&](grpc::ClientContext* context) {
        return impl_->tasks_stub->List(context, {}, &answer);
      });
  if (!asked) return asked.error();
  std::set<std::string> ids;
  for (const auto& task : answer.tasks()) {
    const auto status = task.status();
    if (status == containerd::v1::types::RUNNING ||
        status == containerd::v1::types::PAUSED ||
        status == containerd::v1::types::PAUSING) {
      ids.insert(task.id());
    }
  }
  return ids;
}

Pending<SnapshotRecord> ContainerdClient::Snapshot(
    const CallScope& scope, const std::string& snapshotter,
    const std::string& key) {
  snapshots::StatSnapshotRequest request;
  request.set_snapshotter(snapshotter);
  request.set_key(key);
  return Send<SnapshotRecord, snapshots::StatSnapshotResponse>(
      scope, "stat snapshot " + key,
      [this, request](auto* context, auto* queue) {
        return impl_->snapshots_stub->AsyncStat(context, request, queue);
      },
      [](const auto& answer) { return ToRecord(answer.info()); });
}

Pending<std::vector<SnapshotMount>> ContainerdClient::Mounts(
    const CallScope& scope, const std::string& snapshotter,
    const std::string& key) {
  snapshots::MountsRequest request;
  request.set_snapshotter(snapshotter);
  request.set_key(key);
  return Send<std::vector<SnapshotMount>, snapshots::MountsResponse>(
      scope, "mounts of snapshot " + key,
      [this, request](auto* context, auto* queue) {
        return impl_->snapshots_stub->AsyncMounts(context, request, queue);
      },
      ToMounts);
}

Pending<std::vector<ImageRecord>> ContainerdClient::Images(
    const CallScope& scope) {
  return Send<std::vector<ImageRecord>, images::ListImagesResponse>(
      scope, "list images",
      [this](auto* context, auto* queue) {
        return impl_->images_stub->AsyncList(context, {}, queue);
      },
      ToRecords);
}

Result<std::string> ContainerdClient::Blob(const CallScope& scope,
                                           const Digest& digest,
                                           std::size_t most) {
  content::ReadContentRequest request;
  request.set_digest(digest.str());
  std::string bytes;
  const Status asked =
      Ask(scope, "read " + digest.str(), [&](grpc::ClientContext* context) {
        bytes.clear();
        const auto stream = impl_->content_stub->Read(context, request);
        content::ReadContentResponse part;
        while (bytes.size() <= most && stream->Read(&part)) {
          bytes.append(part.data());
        }
        if (bytes.size() > most) context->TryCancel();
        const grpc::Status ended = stream->Finish();
        return bytes.size() > most ? grpc::Status::OK : ended;
      });
  if (!asked) return asked.error();
  if (bytes.size() > most) {
    return Fail(Reason::kTooLarge,
                digest.str() + ": over " + std::to_string(most) + " bytes");
  }
  return bytes;
}

Status ContainerdClient::FollowEvents(
    const std::function<void()>& connected,
    const std::function<void(const ContainerdEvent&)>& sink) {
  return impl_->events.Follow(impl_->channel, connected, sink);
}

void ContainerdClient::StopEvents() { impl_->events.Stop(); }

}  // namespace assay
