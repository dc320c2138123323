#include "cri/call.h"

#include <algorithm>
#include <utility>

#include "cri/metadata.h"

namespace assay::cri {

void Switchboard::FlushAll() {
  for (Call* call : std::exchange(waiting, {})) {
    call->held_back_ = false;
    call->Flush();
  }
}

Call::Call(Switchboard& board, std::unique_ptr<ClientEnd> client)
    : board_(board), client_(std::move(client)) {
  client_->done = {this, kOver};
  ++board_.calls;
}

Call::~Call() {
  if (held_back_) std::erase(board_.waiting, this);
  --board_.calls;
}

void* Call::Started(Operation& operation) {
  ++under_way_;
  return &operation;
}

void Call::HoldBack() {
  if (held_back_) return;
  held_back_ = true;
  board_.waiting.push_back(this);
}

void Call::Complete(const Operation& operation, bool ok) {
  if (operation.number != kOver) {
    On(operation.number, ok);
  } else if (client_->context.IsCancelled()) {
    OnCancelled();
  }
  if (--under_way_ == 0) delete this;
}

void Call::Prepare(grpc::ClientContext& context) const {
  CopyMetadata(client_->context.client_metadata(),
               [&](const std::string& key, const std::string& value) {
                 context.AddMetadata(key, value);
               });
  context.set_deadline(client_->context.deadline());
}

AnsweredCall::AnsweredCall(Switchboard& board,
                           std::unique_ptr<ClientEnd> client,
                           grpc::Status status)
    : Call(board, std::move(client)), status_(std::move(status)) {}

void AnsweredCall::Begin() {
  client_->stream.Finish(status_, Started(finish_));
}

}  // namespace assay::cri
