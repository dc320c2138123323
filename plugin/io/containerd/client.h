// ContainerdClient: one containerd, asked over its unix socket. The one place
// that speaks gRPC to a runtime; results are plain values.
//
// Thread-safe; keeps its channel, and must outlive the answers that are on
// their way. Errors of every call: kRuntimeUnreachable, kDeadline, kTooLarge,
// and kNotFound where something is asked for by name.
#ifndef ASSAY_IO_CONTAINERD_CLIENT_H_
#define ASSAY_IO_CONTAINERD_CLIENT_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "io/containerd/records.h"

namespace assay {

// An answer that is on its way. Get waits for it, once; dropped before, the
// call is cancelled. One thread.
template <typename T>
class Pending {
 public:
  explicit Pending(std::function<Result<T>()> get) : get_(std::move(get)) {}
  Result<T> Get() const { return get_(); }

 private:
  std::function<Result<T>()> get_;
};

struct ContainerdEvent {
  std::string runtime_namespace;
  std::string topic;  // "/images/create", ...
  std::string name;   // the image's name or the container's id
};

class ContainerdClient {
 public:
  // `socket` is an absolute path. Connects at the first call.
  explicit ContainerdClient(const std::string& socket);
  ~ContainerdClient();
  ContainerdClient(const ContainerdClient&) = delete;
  ContainerdClient& operator=(const ContainerdClient&) = delete;

  Result<std::vector<std::string>> Namespaces(Deadline deadline);
  // The content store's folder; asked once.
  Result<std::string> ContentRoot(Deadline deadline);

  Pending<ContainerRecord> Container(const CallScope& scope,
                                     const std::string& id);
  Result<std::vector<ContainerRecord>> Containers(const CallScope& scope);
  // Ids of containers whose main process runs or is paused.
  Result<std::set<std::string>> RunningTasks(const CallScope& scope);

  Pending<SnapshotRecord> Snapshot(const CallScope& scope,
                                   const std::string& snapshotter,
                                   const std::string& key);
  Pending<std::vector<SnapshotMount>> Mounts(const CallScope& scope,
                                             const std::string& snapshotter,
                                             const std::string& key);

  Pending<std::vector<ImageRecord>> Images(const CallScope& scope);
  // Bytes as the content store has them, not hashed.
  Result<std::string> Blob(const CallScope& scope, const Digest& digest,
                           std::size_t most);

  // Follows image and container events until the stream ends or StopEvents is
  // called. `connected` runs once the subscription stands. One at a time.
  Status FollowEvents(const std::function<void()>& connected,
                      const std::function<void(const ContainerdEvent&)>& sink);
  // From any thread; ends the present and every later FollowEvents.
  void StopEvents();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The clients of a process, one for each address, made when first asked for.
// Thread-safe.
class ContainerdClients {
 public:
  ContainerdClients();
  ~ContainerdClients();

  // `address` as GRPC_ADDRESS or, ending in ".ttrpc", TTRPC_ADDRESS has it.
  // Refuses (kRuntimeUnreachable) what is not a unix socket owned by root.
  Result<std::shared_ptr<ContainerdClient>> At(const std::string& address);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_CLIENT_H_
