#include "cri/pull_call.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "api/cri/image_service.pb.h"
#include "base/bytes.h"
#include "base/error_text.h"
#include "base/limits.h"
#include "cri/metadata.h"

namespace assay::cri {
namespace {

namespace v1 = runtime::v1;

using SystemClock = std::chrono::system_clock;

// By this word a kubelet knows why a pull failed, and it looks for it only in
// an error of the code UNKNOWN, whose code it leaves out.
constexpr std::string_view kKubeletWord = "SignatureValidationFailed: ";
constexpr std::chrono::seconds kLookUpWithin{10};

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer BufferOf(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

// A verdict takes no longer than a hook's, nor than the client waits.
Deadline JudgedBy(SystemClock::time_point client_waits) {
  const auto now = SystemClock::now();
  const auto patience = std::min<SystemClock::duration>(
      std::max(client_waits, now) - now, limits::kAnswerDeadline);
  return std::chrono::steady_clock::now() + patience;
}

std::string NoThread() {
  return ErrorText(Fail(Reason::kOverloaded, "no thread is left"));
}

}  // namespace

PullCall::PullCall(Switchboard& board, std::unique_ptr<ClientEnd> client,
                   std::string service)
    : Call(board, std::move(client)),
      service_(std::move(service)),
      read_{this, kRead},
      judged_{this, kJudged},
      pulled_{this, kPulled},
      looked_up_{this, kLookedUp},
      checked_{this, kChecked},
      wrote_down_{this, kRejected},
      finish_{this, kFinish} {}

void PullCall::Begin() { client_->stream.Read(&incoming_, Started(read_)); }

void PullCall::On(int operation, bool ok) {
  switch (operation) {
    case kRead:
      return OnMessage(ok);
    case kJudged:
      return OnJudged();
    case kPulled:
      return OnPulled();
    case kLookedUp:
      return OnLookedUp();
    case kChecked:
      return OnChecked();
    case kRejected:
      return Finish(rejected_);
    default:
      return;  // finished
  }
}

void PullCall::OnCancelled() {
  cancelled_ = true;
  pull_.context.TryCancel();
  lookup_.context.TryCancel();
}

// One message and then the end. A runtime would take the first of two.
void PullCall::OnMessage(bool ok) {
  if (!ok && message_) return Judge();
  if (!ok || message_ || incoming_.Length() > kMostPullRequestBytes) {
    return Reject(grpc::StatusCode::INVALID_ARGUMENT,
                  Fail(Reason::kHookMalformed,
                       "a pull is one message of at most 16 MiB"));
  }
  message_.emplace();
  message_->Swap(&incoming_);
  client_->stream.Read(&incoming_, Started(read_));
}

void PullCall::Elsewhere(std::function<void()> work, grpc::Alarm& alarm,
                         Operation& operation) {
  void* const tag = Started(operation);
  const auto run = [this, work = std::move(work), &alarm, tag] {
    work();
    alarm.Set(board_.queue, SystemClock::now(), tag);
  };
  try {
    std::thread(run).detach();
  } catch (const std::system_error&) {
    alarm.Set(board_.queue, SystemClock::now(), tag);
  }
}

void PullCall::Judge() {
  auto request = ReadPullRequest(BytesOf(*message_));
  if (!request) {
    return Reject(grpc::StatusCode::INVALID_ARGUMENT, request.error());
  }
  request_ = *std::move(request);
  if (board_.judged >= kMostJudged) {
    return Reject(
        grpc::StatusCode::RESOURCE_EXHAUSTED,
        Fail(Reason::kOverloaded, "too many pulls wait for a verdict"));
  }
  const Deadline deadline = JudgedBy(client_->context.deadline());
  ++board_.judged;
  verdict_.line = NoThread();
  Elsewhere(
      [this, deadline] { verdict_ = board_.gate->Decide(request_, deadline); },
      judged_alarm_, judged_);
}

void PullCall::OnJudged() {
  --board_.judged;
  request_ = {};  // and with it the credentials
  if (cancelled_) return Finish(grpc::Status::CANCELLED);
  if (verdict_.permit == nullptr) return Refuse(verdict_.line);
  Prepare(pull_.context);
  Ask(pull_, "PullImage", *message_, pulled_);
}

void PullCall::Ask(RuntimeCall& call, const std::string& method,
                   const grpc::ByteBuffer& message, Operation& operation) {
  call.reader = board_.runtime->PrepareUnaryCall(
      &call.context, "/" + service_ + "/" + method, message, board_.queue);
  call.reader->StartCall();
  call.reader->Finish(&call.answer, &call.status, Started(operation));
}

void PullCall::OnPulled() {
  if (!pull_.status.ok() || !verdict_.permit->binds()) return Answer();
  LookUp();
}

void PullCall::LookUp() {
  v1::PullImageResponse pulled;
  if (!pulled.ParseFromString(BytesOf(pull_.answer)) ||
      pulled.image_ref().empty()) {
    return Compare(Fail(Reason::kRuntimeUnreachable,
                        "the runtime does not say what it has pulled"));
  }
  v1::ImageStatusRequest question;
  question.mutable_image()->set_image(pulled.image_ref());
  lookup_.context.set_deadline(std::min(client_->context.deadline(),
                                        SystemClock::now() + kLookUpWithin));
  Ask(lookup_, "ImageStatus", BufferOf(question), looked_up_);
}

void PullCall::OnLookedUp() {
  if (!lookup_.status.ok()) {
    return Compare(Fail(Reason::kRuntimeUnreachable,
                        "ImageStatus: " + lookup_.status.error_message()));
  }
  v1::ImageStatusResponse answer;
  if (!answer.ParseFromString(BytesOf(lookup_.answer)) || !answer.has_image()) {
    return Compare(Fail(Reason::kRuntimeUnreachable,
                        "the runtime does not have what it has pulled"));
  }
  const auto& digests = answer.image().repo_digests();
  Compare(PulledImage{answer.image().id(), {digests.begin(), digests.end()}});
}

void PullCall::Compare(Result<PulledImage> pulled) {
  refusal_ = NoThread();
  Elsewhere([this, pulled = std::move(
                       pulled)] { refusal_ = verdict_.permit->Check(pulled); },
            checked_alarm_, checked_);
}

void PullCall::OnChecked() {
  if (refusal_) return Refuse(*refusal_);
  Answer();
}

void PullCall::Reject(grpc::StatusCode code, Error why) {
  rejected_ = {code, Printable(ErrorText(why), limits::kAnswerLineBytes)};
  Elsewhere(
      [this, code, why = std::move(why)] {
        rejected_ = {code, board_.gate->Refuse(why)};
      },
      rejected_alarm_, wrote_down_);
}

void PullCall::Refuse(const std::string& line) {
  Finish({grpc::StatusCode::UNKNOWN, std::string(kKubeletWord) + line});
}

// What the runtime said of the pull.
void PullCall::Answer() {
  auto& context = client_->context;
  CopyMetadata(pull_.context.GetServerInitialMetadata(),
               [&](const std::string& key, const std::string& value) {
                 context.AddInitialMetadata(key, value);
               });
  CopyMetadata(pull_.context.GetServerTrailingMetadata(),
               [&](const std::string& key, const std::string& value) {
                 context.AddTrailingMetadata(key, value);
               });
  if (!pull_.status.ok()) {
    return Finish({pull_.status.error_code(), pull_.status.error_message()});
  }
  client_->stream.WriteAndFinish(pull_.answer, grpc::WriteOptions(),
                                 grpc::Status::OK, Started(finish_));
}

void PullCall::Finish(const grpc::Status& status) {
  client_->stream.Finish(status, Started(finish_));
}

}  // namespace assay::cri
