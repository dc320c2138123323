#include "tests/support/generic_client.h"

#include <algorithm>
#include <array>

namespace assay::testing {
namespace {

enum ClientStep { kStarted = 1, kWritten, kClosed, kHeaders, kRead, kFinished };

// Each step's operation is tagged with the address of its place here.
constinit std::array<char, kFinished + 1> step_places{};

void* StepTag(ClientStep step) { return &step_places[step]; }

int StepOf(const void* tag) {
  return static_cast<int>(static_cast<const char*>(tag) - step_places.data());
}

Pairs PairsOf(const std::multimap<grpc::string_ref, grpc::string_ref>& from) {
  Pairs pairs;
  for (const auto& [key, value] : from) {
    pairs.emplace_back(std::string(key.data(), key.size()),
                       std::string(value.data(), value.size()));
  }
  return pairs;
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::string text;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return text;
  for (const auto& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

Seen SeenOf(const grpc::ClientContext& context, const grpc::Status& status) {
  Seen seen;
  seen.headers = PairsOf(context.GetServerInitialMetadata());
  seen.trailers = PairsOf(context.GetServerTrailingMetadata());
  seen.code = status.error_code();
  seen.text = status.error_message();
  seen.details = status.error_details();
  return seen;
}

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& socket) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(128 << 20);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 1 << 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(
      "unix:" + socket, grpc::InsecureChannelCredentials(), arguments);
}

GenericClient::GenericClient(const std::shared_ptr<grpc::Channel>& channel,
                             const std::string& method, const Pairs& metadata,
                             std::chrono::milliseconds patience) {
  context_.set_deadline(std::chrono::system_clock::now() + patience);
  for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
  grpc::GenericStub stub(channel);
  stream_ = stub.PrepareCall(&context_, method, &queue_);
  stream_->StartCall(StepTag(kStarted));
  Await(kStarted);
}

GenericClient::~GenericClient() {
  if (!finished_) {
    context_.TryCancel();
    stream_->Finish(&status_, StepTag(kFinished));
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) continue;
}

bool GenericClient::Await(int step) {
  for (;;) {
    const auto found =
        std::find_if(came_.begin(), came_.end(),
                     [&](const auto& one) { return one.first == step; });
    if (found != came_.end()) {
      const bool ok = found->second;
      came_.erase(found);
      return ok;
    }
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return false;
    came_.emplace_back(StepOf(tag), ok);
  }
}

bool GenericClient::Write(const std::string& message) {
  const grpc::Slice slice(message);
  stream_->Write(grpc::ByteBuffer(&slice, 1), StepTag(kWritten));
  return Await(kWritten);
}

std::optional<bool> GenericClient::TryWrite(const std::string& message,
                                            std::chrono::milliseconds wait) {
  const grpc::Slice slice(message);
  stream_->Write(grpc::ByteBuffer(&slice, 1), StepTag(kWritten));
  void* tag = nullptr;
  bool ok = false;
  const auto got =
      queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + wait);
  if (got != grpc::CompletionQueue::GOT_EVENT) return std::nullopt;
  return ok;
}

bool GenericClient::WritesDone() {
  stream_->WritesDone(StepTag(kClosed));
  return Await(kClosed);
}

bool GenericClient::ReadHeaders() {
  stream_->ReadInitialMetadata(StepTag(kHeaders));
  return Await(kHeaders);
}

std::optional<std::string> GenericClient::Read() {
  grpc::ByteBuffer buffer;
  stream_->Read(&buffer, StepTag(kRead));
  if (!Await(kRead)) return std::nullopt;
  return TextOf(buffer);
}

void GenericClient::Cancel() { context_.TryCancel(); }

Seen GenericClient::Finish() {
  while (auto message = Read()) messages_.push_back(*std::move(message));
  stream_->Finish(&status_, StepTag(kFinished));
  Await(kFinished);
  finished_ = true;
  Seen seen = SeenOf(context_, status_);
  seen.messages = std::move(messages_);
  return seen;
}

Seen GenericClient::Call(const std::shared_ptr<grpc::Channel>& channel,
                         const std::string& method,
                         const std::vector<std::string>& messages,
                         const Pairs& metadata, int answers) {
  GenericClient client(channel, method, metadata);
  for (const std::string& message : messages) {
    if (!client.Write(message)) break;
    for (int i = 0; i < answers; ++i) {
      auto answer = client.Read();
      if (!answer) break;
      client.messages_.push_back(*std::move(answer));
    }
  }
  client.WritesDone();
  return client.Finish();
}

Seen GenericClient::Unary(const std::shared_ptr<grpc::Channel>& channel,
                          const std::string& method, const std::string& message,
                          const Pairs& metadata) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(60));
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel);
  const grpc::Slice slice(message);
  const auto reader = stub.PrepareUnaryCall(
      &context, method, grpc::ByteBuffer(&slice, 1), &queue);
  reader->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  reader->Finish(&answer, &status, StepTag(kFinished));
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  Seen seen = SeenOf(context, status);
  if (status.ok()) seen.messages.push_back(TextOf(answer));
  return seen;
}

}  // namespace assay::testing
