// PullCall: a PullImage. Read whole, judged, and only then passed on; when the
// runtime has pulled, what it says it has must be what was judged.
#ifndef ASSAY_CRI_PULL_CALL_H_
#define ASSAY_CRI_PULL_CALL_H_

#include <grpcpp/alarm.h>

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
  enum Step { kRead = 1, kJudged, kPulled, kLookedUp, kFinish };

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
  void Judge();
  void OnJudged();
  void OnPulled();
  void OnLookedUp();
  void Ask(RuntimeCall& call, const std::string& method,
           const grpc::ByteBuffer& message, Operation& operation);
  void LookUp();
  void Compare(const Result<PulledImage>& pulled);

  void Refuse(const std::string& line);
  void Answer();
  void Finish(const grpc::Status& status);

  const std::string service_;
  grpc::ByteBuffer incoming_;
  std::optional<grpc::ByteBuffer> message_;
  PullRequest request_;
  PullAnswer verdict_;
  grpc::Alarm judged_alarm_;
  RuntimeCall pull_;
  RuntimeCall lookup_;
  bool cancelled_ = false;

  Operation read_;
  Operation judged_;
  Operation pulled_;
  Operation looked_up_;
  Operation finish_;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_PULL_CALL_H_
