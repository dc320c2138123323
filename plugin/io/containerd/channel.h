// How a call to containerd is made: the channel, the namespace header, the
// deadline, what a gRPC status means. Private to io/containerd.
#ifndef ASSAY_IO_CONTAINERD_CHANNEL_H_
#define ASSAY_IO_CONTAINERD_CHANNEL_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "io/containerd/client.h"

namespace assay {

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& socket);

// Makes one call, and once more when the connection was gone: containerd may
// have been restarted since. `what` is for the error's text. A call must be
// repeatable and start its results afresh.
Status Ask(const CallScope& scope, const std::string& what,
           const std::function<grpc::Status(grpc::ClientContext*)>& call);

// The one subscription of a client. Follow blocks; Stop may come from any
// thread and holds for later calls too.
class EventStream {
 public:
  Status Follow(const std::shared_ptr<grpc::Channel>& channel,
                const std::function<void()>& connected,
                const std::function<void(const ContainerdEvent&)>& sink);
  void Stop();

 private:
  std::mutex mutex_;
  grpc::ClientContext* context_ = nullptr;  // guarded by mutex_
  bool stopped_ = false;                    // guarded by mutex_
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_CHANNEL_H_
