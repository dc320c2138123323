#include "tests/support/echo_runtime.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdlib>
#include <optional>

namespace assay::testing {
namespace {

// Larger than anything that is sent here.
constexpr int kMostEchoBytes = 128 << 20;

std::optional<std::string> Direction(const grpc::CallbackServerContext& context,
                                     const std::string& key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return std::nullopt;
  return std::string(found->second.data(), found->second.size());
}

grpc::ByteBuffer EchoBuffer(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

}  // namespace

class EchoRuntime::Impl : public grpc::CallbackGenericService {
 public:
  explicit Impl(const std::string& socket) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket,
                             grpc::InsecureServerCredentials());
    builder.RegisterCallbackGenericService(this);
    builder.SetMaxReceiveMessageSize(kMostEchoBytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 1 << 20);
    server_ = builder.BuildAndStart();
  }
  ~Impl() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  template <typename Change>
  void Count(const std::string& method, Change change) {
    const std::lock_guard lock(mutex_);
    change(counts_[method]);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Counts> counts_;
  std::map<std::string, std::string> answers_;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class EchoReactor : public grpc::ServerGenericBidiReactor {
 public:
  EchoReactor(EchoRuntime::Impl& runtime,
              grpc::GenericCallbackServerContext& context)
      : runtime_(runtime), context_(context), method_(context.method()) {
    runtime_.Count(method_, [](auto& counts) { ++counts.begun; });
    for (const auto& [key, value] : context.client_metadata()) {
      if (!key.starts_with("y-")) continue;
      const std::string name(key.data(), key.size());
      const std::string text(value.data(), value.size());
      context.AddInitialMetadata(name, text);
      context.AddTrailingMetadata(name, text);
    }
    if (const auto count = Direction(context, "x-answers")) {
      answers_ = std::atoi(count->c_str());
    }
    hangs_ = Direction(context, "x-hang").has_value();
    if (Direction(context, "x-headers-first")) StartSendInitialMetadata();
    if (!Direction(context, "x-no-reading")) StartRead(&message_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return End();
    left_ = answers_;
    const auto fixed = runtime_.answers_.find(method_);
    if (fixed != runtime_.answers_.end()) message_ = EchoBuffer(fixed->second);
    OnWriteDone(true);
  }

  void OnWriteDone(bool ok) override {
    if (ok && left_-- > 0) return StartWrite(&message_);
    StartRead(&message_);
  }

  void OnCancel() override {
    runtime_.Count(method_, [](auto& counts) { ++counts.cancelled; });
    if (!finished_.exchange(true)) Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

  void End() {
    if (context_.IsCancelled()) return;
    runtime_.Count(method_, [](auto& counts) { ++counts.closed; });
    if (hangs_ || finished_.exchange(true)) return;
    const auto code = Direction(context_, "x-code");
    if (!code) return Finish(grpc::Status::OK);
    Finish({static_cast<grpc::StatusCode>(std::atoi(code->c_str())),
            Direction(context_, "x-message-bin").value_or(""),
            Direction(context_, "x-details-bin").value_or("")});
  }

  EchoRuntime::Impl& runtime_;
  grpc::GenericCallbackServerContext& context_;
  const std::string method_;
  grpc::ByteBuffer message_;
  int answers_ = 1;
  int left_ = 0;
  bool hangs_ = false;
  std::atomic<bool> finished_ = false;
};

grpc::ServerGenericBidiReactor* EchoRuntime::Impl::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new EchoReactor(*this, *context);
}

EchoRuntime::EchoRuntime(const std::string& socket)
    : impl_(std::make_unique<Impl>(socket)) {}

EchoRuntime::~EchoRuntime() = default;

void EchoRuntime::Answer(const std::string& method, std::string message) {
  impl_->answers_[method] = std::move(message);
}

EchoRuntime::Counts EchoRuntime::Of(const std::string& method) const {
  const std::lock_guard lock(impl_->mutex_);
  const auto found = impl_->counts_.find(method);
  return found == impl_->counts_.end() ? Counts{} : found->second;
}

}  // namespace assay::testing
