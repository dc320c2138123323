#include "cri/image_proxy.h"

#include <grpc/grpc.h>
#include <grpcpp/alarm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "cri/call.h"
#include "cri/forward_call.h"
#include "cri/method.h"
#include "cri/pull_call.h"

namespace assay::cri {
namespace {

// The largest message that any runtime takes or sends: CRI-O's limit, five
// times containerd's.
constexpr int kMostMessageBytes = 80 << 20;
constexpr int kMostMetadataBytes = 1 << 20;
// Events after which what is held back is sent although there are more.
constexpr int kEventsAtOnce = 64;

// The library stays once it is in use: to shut it down can take ten seconds, as
// it waits for a thread of its own that polls.
void KeepLibrary() {
  static std::once_flag once;
  std::call_once(once, ::grpc_init);
}

std::shared_ptr<grpc::Channel> OpenRuntime(const std::string& socket) {
  grpc::ChannelArguments arguments;
  // The socket's path is no authority that a runtime would take.
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(kMostMessageBytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  // A runtime that was restarted is found again at once; whether to repeat a
  // call is for the client to say.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      "unix://" + socket, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

class ImageProxy::Impl {
 public:
  Impl(const std::string& runtime, PullGate& gate)
      : runtime_(OpenRuntime(runtime)) {
    board_.runtime = &runtime_;
    board_.gate = &gate;
  }

  Status Listen(const std::string& path);
  void Stop();

 private:
  void Run();
  void Accept();
  void Take(bool ok);
  Call* CallFor(std::unique_ptr<ClientEnd> client);
  void Handle(const Operation& operation, bool ok);

  grpc::GenericStub runtime_;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  Switchboard board_;
  std::unique_ptr<ClientEnd> next_;  // whoever calls next
  grpc::Alarm stop_alarm_;
  Operation stop_;
  bool stopping_ = false;
  std::thread thread_;
};

Status ImageProxy::Impl::Listen(const std::string& path) {
  ::unlink(path.c_str());
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
  builder.RegisterAsyncGenericService(&service_);
  builder.SetMaxReceiveMessageSize(kMostMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  queue_ = builder.AddCompletionQueue();
  board_.queue = queue_.get();
  // Nobody else may enter the folder, so none connects before the mode is set.
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || ::chmod(path.c_str(), 0600) != 0) {
    return Fail(Reason::kWriteFailed, "cannot listen at " + path);
  }
  thread_ = std::thread([this] { Run(); });
  return Ok();
}

// Operations may be started until the last call is over, and only then may the
// queue be shut down.
void ImageProxy::Impl::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  stop_alarm_.Set(queue_.get(), std::chrono::system_clock::now(), &stop_);
  thread_.join();
}

void ImageProxy::Impl::Run() {
  const gpr_timespec forever = gpr_inf_future(GPR_CLOCK_REALTIME);
  const gpr_timespec at_once = gpr_inf_past(GPR_CLOCK_REALTIME);
  Accept();
  for (int since_flush = 0;;) {
    void* tag = nullptr;
    bool ok = false;
    const auto next = queue_->AsyncNext(
        &tag, &ok, board_.waiting.empty() ? forever : at_once);
    if (next == grpc::CompletionQueue::SHUTDOWN) return;
    if (next == grpc::CompletionQueue::GOT_EVENT) {
      Handle(*static_cast<const Operation*>(tag), ok);
      if (++since_flush < kEventsAtOnce) continue;
    }
    since_flush = 0;
    board_.FlushAll();
  }
}

void ImageProxy::Impl::Handle(const Operation& operation, bool ok) {
  if (operation.call != nullptr) {
    operation.call->Complete(operation, ok);
  } else if (&operation == &stop_) {
    stopping_ = true;
  } else {
    Take(ok);
  }
  if (stopping_ && board_.calls == 0 && next_ == nullptr) {
    stopping_ = false;
    queue_->Shutdown();
  }
}

void ImageProxy::Impl::Accept() {
  next_ = std::make_unique<ClientEnd>();
  next_->context.AsyncNotifyWhenDone(&next_->done);
  service_.RequestCall(&next_->context, &next_->stream, queue_.get(),
                       queue_.get(), &next_->accepted);
}

void ImageProxy::Impl::Take(bool ok) {
  std::unique_ptr<ClientEnd> client = std::move(next_);
  if (!ok) return;  // the server is shut down
  Call* const call = CallFor(std::move(client));
  Accept();
  call->Begin();
}

// Each call owns itself from here on.
Call* ImageProxy::Impl::CallFor(std::unique_ptr<ClientEnd> client) {
  const Method method = ReadMethod(client->context.method());
  if (board_.calls >= kMostCalls) {
    return new AnsweredCall(
        board_, std::move(client),
        {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls are under way"});
  }
  switch (method.kind) {
    case MethodKind::kForward:
      return new ForwardCall(board_, std::move(client));
    case MethodKind::kPull:
      return new PullCall(board_, std::move(client), method.service);
    case MethodKind::kUnpassable:
      break;
  }
  return new AnsweredCall(
      board_, std::move(client),
      {grpc::StatusCode::UNIMPLEMENTED,
       "not passed on: a runtime might take this for a pull that is not "
       "judged"});
}

void ImageProxy::PrepareProcess() { ::setenv("GRPC_POLL_STRATEGY", "poll", 0); }

ImageProxy::ImageProxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ImageProxy::~ImageProxy() { impl_->Stop(); }

Result<std::unique_ptr<ImageProxy>> ImageProxy::Start(
    const std::string& path, const std::string& runtime, PullGate& gate) {
  KeepLibrary();
  auto impl = std::make_unique<Impl>(runtime, gate);
  if (Status listening = impl->Listen(path); !listening) {
    return listening.error();
  }
  return std::unique_ptr<ImageProxy>(new ImageProxy(std::move(impl)));
}

}  // namespace assay::cri
