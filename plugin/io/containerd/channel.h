// How a call to containerd is made: the channel, the namespace header, the
// deadline, what a gRPC status means. Private to io/containerd.
#ifndef ASSAY_IO_CONTAINERD_CHANNEL_H_
#define ASSAY_IO_CONTAINERD_CHANNEL_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/containerd/client.h"

namespace assay {

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& socket);

// The context of a call's first try, and of the one after the connection was
// found to be gone.
std::unique_ptr<grpc::ClientContext> FirstTry(const CallScope& scope);
std::unique_ptr<grpc::ClientContext> SecondTry(const CallScope& scope);
inline bool ConnectionGone(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE;
}
// What the status means; `what` was tried.
Status Judge(const grpc::Status& status, const std::string& what,
             Deadline deadline);

// Makes one call, and once more when the connection was gone: containerd may
// have been restarted since. `what` is for the error's text. A call must be
// repeatable and start its results afresh.
Status Ask(const CallScope& scope, const std::string& what,
           const std::function<grpc::Status(grpc::ClientContext*)>& call);

// A call with one answer that is sent at once and waited for later, so that
// several can be under way. Repeated as by Ask. One thread at a time; dropped
// unwaited it is cancelled.
template <typename Answer>
class SentCall {
 public:
  using Reader = grpc::ClientAsyncResponseReader<Answer>;
  using Send = std::function<std::unique_ptr<Reader>(grpc::ClientContext*,
                                                     grpc::CompletionQueue*)>;

  SentCall(CallScope scope, std::string what, Send send)
      : scope_(std::move(scope)),
        what_(std::move(what)),
        send_(std::move(send)) {
    Start(FirstTry(scope_));
  }
  ~SentCall() {
    if (reader_) {
      context_->TryCancel();
      End();
    }
  }
  SentCall(const SentCall&) = delete;
  SentCall& operator=(const SentCall&) = delete;

  // Once.
  Result<Answer> Wait() {
    End();
    if (ConnectionGone(status_)) {
      Start(SecondTry(scope_));
      End();
    }
    const Status judged = Judge(status_, what_, scope_.deadline);
    if (!judged) return judged.error();
    return std::move(answer_);
  }

 private:
  void Start(std::unique_ptr<grpc::ClientContext> context) {
    answer_.Clear();
    context_ = std::move(context);
    reader_ = send_(context_.get(), &queue_);
    reader_->Finish(&answer_, &status_, this);
  }
  void End() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    reader_.reset();
  }

  const CallScope scope_;
  const std::string what_;
  const Send send_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientContext> context_;
  Answer answer_;
  grpc::Status status_;
  std::unique_ptr<Reader> reader_;  // null when nothing is under way
};

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
