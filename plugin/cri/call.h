// What every call through the proxy has: the client's end of it, and how its
// operations come back from the completion queue. Private to cri/.
//
// One thread runs all of it, so nothing here is locked.
#ifndef ASSAY_CRI_CALL_H_
#define ASSAY_CRI_CALL_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "cri/pull_gate.h"

namespace assay::cri {

class Call;

// An operation under way: the tag that the queue gives back.
struct Operation {
  Call* call = nullptr;
  int number = 0;
};

// What the calls share.
struct Switchboard {
  grpc::ServerCompletionQueue* queue = nullptr;
  grpc::GenericStub* runtime = nullptr;
  PullGate* gate = nullptr;
  std::size_t calls = 0;  // that are not over
  unsigned judged = 0;    // pulls whose verdict is awaited
  // Those that hold something back until the queue has no more for them.
  std::vector<Call*> waiting;

  void FlushAll();
};

// The client's end, as it is accepted.
struct ClientEnd {
  grpc::GenericServerContext context;
  grpc::GenericServerAsyncReaderWriter stream{&context};
  Operation accepted;
  Operation done;  // the call is over, or was cancelled
};

class Call {
 public:
  Call(Switchboard& board, std::unique_ptr<ClientEnd> client);
  virtual ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Begins; the call deletes itself when its last operation has come back.
  virtual void Begin() = 0;
  // Sends what was held back.
  virtual void Flush() {}
  // From the queue.
  void Complete(const Operation& operation, bool ok);

 protected:
  static constexpr int kOver = 0;  // the operation of ClientEnd::done

  virtual void On(int operation, bool ok) = 0;
  // The client has gone or its deadline has passed.
  virtual void OnCancelled() {}

  // The tag of an operation that is started now.
  void* Started(Operation& operation);
  void HoldBack();
  // The client's metadata and deadline, for the runtime.
  void Prepare(grpc::ClientContext& context) const;

  Switchboard& board_;
  const std::unique_ptr<ClientEnd> client_;

 private:
  friend struct Switchboard;

  int under_way_ = 1;  // ClientEnd::done
  bool held_back_ = false;
};

// Answered at once, by us.
class AnsweredCall : public Call {
 public:
  AnsweredCall(Switchboard& board, std::unique_ptr<ClientEnd> client,
               grpc::Status status);
  void Begin() override;

 private:
  void On(int /*operation*/, bool /*ok*/) override {}

  const grpc::Status status_;
  Operation finish_{this, 1};
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_CALL_H_
