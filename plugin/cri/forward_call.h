// ForwardCall: any call but a pull, passed to the runtime message by message,
// whatever it is and whoever of the two speaks first. At most two messages a
// direction are in memory: the next is read when one was taken.
//
// Headers, a message and the end that came together are sent together: they are
// held back until the queue has nothing more (Flush).
#ifndef ASSAY_CRI_FORWARD_CALL_H_
#define ASSAY_CRI_FORWARD_CALL_H_

#include <memory>
#include <optional>

#include "cri/call.h"

namespace assay::cri {

class ForwardCall : public Call {
 public:
  ForwardCall(Switchboard& board, std::unique_ptr<ClientEnd> client);
  void Begin() override;
  void Flush() override;

 private:
  enum Step {
    kRequest = 1,
    kRequestSent,
    kHeaders,
    kResponse,
    kResponseSent,
    kRuntimeStatus,
    kFinish,
  };

  // Messages in one direction.
  struct Lane {
    grpc::ByteBuffer incoming;
    std::optional<grpc::ByteBuffer> held;
    bool reading = false;
    bool writing = false;
    bool ended = false;  // no more will be read
    // Whether another may be read: one is held at most while one is written.
    bool may_read() const {
      return !reading && !ended && !(writing && held.has_value());
    }
  };

  void On(int operation, bool ok) override;
  void OnCancelled() override;

  // To the runtime.
  void OnRequest(bool ok);
  void OnRequestSent(bool ok);
  void AdvanceRequests();
  void StartRuntime(bool more);
  void SendRequest(bool last);
  void EndRequests();
  void FlushRequests();

  // To the client.
  void OnHeaders(bool ok);
  void OnResponse(bool ok);
  void OnResponseSent(bool ok);
  void OnStatus();
  void AdvanceResponses();
  void SendResponse();
  void FlushResponses();
  void Finish();

  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> runtime_;
  Lane requests_;
  Lane responses_;
  bool requests_closed_ = false;  // the runtime knows that there are no more
  bool headers_known_ = false;
  bool headers_sent_ = false;
  bool status_known_ = false;
  bool finished_ = false;
  grpc::Status status_;

  Operation request_;
  Operation request_sent_;
  Operation headers_;
  Operation response_;
  Operation response_sent_;
  Operation runtime_status_;
  Operation finish_;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_FORWARD_CALL_H_
