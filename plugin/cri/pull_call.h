// PullCall: a PullImage. Read whole, judged, and only then passed on; when the
// runtime has pulled, what it says it has must be what was judged.
#ifndef ASSAY_CRI_PULL_CALL_H_
#define ASSAY_CRI_PULL_CALL_H_

#include <grpcpp/alarm.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cri/call.h"

namespace assay::cri {

class PullCall : public Call {
 public:
  // Pulls whose verdict is awaited at a time.
  static constexpr unsigned kMostJudged = 32;

  // `service` is the path's: "runtime.v1.ImageService".
  PullCall(Switchboard& board, std::unique_ptr<ClientEnd> client,
           std::string service);
  void Begin() override;

 private:
  enum Step {
    kRead = 1,
    kJudged,
    kPulled,
    kLookedUp,
    kChecked,
    kRejected,
    kFinish
  };

  // One call to the runtime, with what it answered.
  struct RuntimeCall {
    grpc::ClientContext context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    grpc::ByteBuffer answer;
    grpc::Status status;
  };

  void On(int operation, bool ok) override;
  void OnCancelled() override;

  void OnMessage(bool ok);
  // The gate waits for disks and registries, and the queue's thread for nobody.
  // What `work` is to find must be a refusal before it has begun: where there
  // is no thread for it, that is what comes back.
  void Elsewhere(std::function<void()> work, grpc::Alarm& alarm,
                 Operation& operation);
  void Judge();
  void OnJudged();
  void OnPulled();
  void OnLookedUp();
  void Ask(RuntimeCall& call, const std::string& method,
           const grpc::ByteBuffer& message, Operation& operation);
  void LookUp();
  void Compare(Result<PulledImage> pulled);
  void OnChecked();

  // A pull that nobody can judge.
  void Reject(grpc::StatusCode code, Error why);
  void Refuse(const std::string& line);
  void Answer();
  void Finish(const grpc::Status& status);

  const std::string service_;
  grpc::ByteBuffer incoming_;
  std::optional<grpc::ByteBuffer> message_;
  PullRequest request_;
  PullAnswer verdict_;
  std::optional<std::string> refusal_;  // of what was pulled
  grpc::Status rejected_;
  grpc::Alarm judged_alarm_;
  grpc::Alarm checked_alarm_;
  grpc::Alarm rejected_alarm_;
  RuntimeCall pull_;
  RuntimeCall lookup_;
  bool cancelled_ = false;

  Operation read_;
  Operation judged_;
  Operation pulled_;
  Operation looked_up_;
  Operation checked_;
  Operation wrote_down_;
  Operation finish_;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_PULL_CALL_H_
