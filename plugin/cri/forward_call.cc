#include "cri/forward_call.h"

#include <utility>

#include "cri/metadata.h"

namespace assay::cri {
ForwardCall::ForwardCall(Switchboard& board, std::unique_ptr<ClientEnd> client)
    : Call(board, std::move(client)),
      request_{this, kRequest},
      request_sent_{this, kRequestSent},
      headers_{this, kHeaders},
      response_{this, kResponse},
      response_sent_{this, kResponseSent},
      runtime_status_{this, kRuntimeStatus},
      finish_{this, kFinish} {}

void ForwardCall::Begin() {
  Prepare(context_);
  AdvanceRequests();
  HoldBack();
}

void ForwardCall::On(int operation, bool ok) {
  switch (operation) {
    case kRequest:
      return OnRequest(ok);
    case kRequestSent:
      return OnRequestSent(ok);
    case kHeaders:
      return OnHeaders(ok);
    case kResponse:
      return OnResponse(ok);
    case kResponseSent:
      return OnResponseSent(ok);
    case kRuntimeStatus:
      return OnStatus();
    default:
      return;  // finished
  }
}

void ForwardCall::OnCancelled() {
  context_.TryCancel();
  if (runtime_ == nullptr && !finished_) {
    status_ = grpc::Status::CANCELLED;
    Finish();
  }
}

// --- to the runtime ----------------------------------------------------------

void ForwardCall::OnRequest(bool ok) {
  requests_.reading = false;
  requests_.ended = !ok;
  if (ok) {
    // Nothing is read while one is held and one is written, so this may go.
    if (requests_.held) SendRequest(false);
    requests_.held.emplace();
    requests_.held->Swap(&requests_.incoming);
  }
  AdvanceRequests();
}

void ForwardCall::OnRequestSent(bool ok) {
  requests_.writing = false;
  // The runtime is not listening any more; its status will say why.
  if (!ok) requests_closed_ = true;
  AdvanceRequests();
}

void ForwardCall::AdvanceRequests() {
  if (finished_ || requests_closed_) {
    requests_.held.reset();
    return;
  }
  if (requests_.may_read()) {
    requests_.reading = true;
    client_->stream.Read(&requests_.incoming, Started(request_));
  }
  const bool sendable = requests_.held.has_value() || requests_.ended;
  if (sendable && !requests_.writing) HoldBack();
}

// `more` of it will be sent with the headers.
void ForwardCall::StartRuntime(bool more) {
  if (runtime_ != nullptr) return;
  context_.set_initial_metadata_corked(more);
  runtime_ = board_.runtime->PrepareCall(&context_, client_->context.method(),
                                         board_.queue);
  if (more) {
    runtime_->StartCall(nullptr);  // comes back with what is sent next
  } else {
    requests_.writing = true;
    runtime_->StartCall(Started(request_sent_));
  }
  runtime_->ReadInitialMetadata(Started(headers_));
}

void ForwardCall::SendRequest(bool last) {
  StartRuntime(true);
  const grpc::ByteBuffer message = *std::exchange(requests_.held, std::nullopt);
  requests_.writing = true;
  if (last) {
    requests_closed_ = true;
    runtime_->WriteLast(message, grpc::WriteOptions(), Started(request_sent_));
  } else {
    runtime_->Write(message, Started(request_sent_));
  }
}

// Only when the queue has nothing more: what ends the requests may as well be
// that the client has gone, and a runtime must not take a stream that was cut
// off for one that is complete.
void ForwardCall::EndRequests() {
  if (requests_.held) return SendRequest(true);
  StartRuntime(true);
  requests_closed_ = true;
  requests_.writing = true;
  runtime_->WritesDone(Started(request_sent_));
}

void ForwardCall::Flush() {
  if (finished_) return;
  FlushRequests();
  FlushResponses();
}

void ForwardCall::FlushRequests() {
  if (requests_closed_ || requests_.writing) return;
  if (requests_.ended) {
    EndRequests();
  } else if (requests_.held) {
    SendRequest(false);
    AdvanceRequests();
  } else {
    StartRuntime(false);
  }
}

void ForwardCall::FlushResponses() {
  if (responses_.writing) return;
  if (responses_.held) {
    SendResponse();
    AdvanceResponses();
  } else if (headers_known_ && !headers_sent_) {
    headers_sent_ = responses_.writing = true;
    client_->stream.SendInitialMetadata(Started(response_sent_));
  }
}

// --- to the client -----------------------------------------------------------

void ForwardCall::OnHeaders(bool ok) {
  if (ok) {
    headers_known_ = true;
    CopyMetadata(context_.GetServerInitialMetadata(),
                 [&](const std::string& key, const std::string& value) {
                   client_->context.AddInitialMetadata(key, value);
                 });
  }
  AdvanceResponses();
  HoldBack();
}

void ForwardCall::OnResponse(bool ok) {
  responses_.reading = false;
  if (!ok) {
    responses_.ended = true;
    runtime_->Finish(&status_, Started(runtime_status_));
    return;
  }
  if (responses_.held) SendResponse();
  responses_.held.emplace();
  responses_.held->Swap(&responses_.incoming);
  AdvanceResponses();
}

void ForwardCall::OnResponseSent(bool ok) {
  responses_.writing = false;
  if (!ok) {
    // The client is gone; the runtime's status ends the call.
    responses_.held.reset();
    context_.TryCancel();
  }
  AdvanceResponses();
}

void ForwardCall::OnStatus() {
  status_known_ = true;
  // The details of a status are one of these.
  CopyMetadata(context_.GetServerTrailingMetadata(),
               [&](const std::string& key, const std::string& value) {
                 client_->context.AddTrailingMetadata(key, value);
               });
  AdvanceResponses();
}

void ForwardCall::AdvanceResponses() {
  if (finished_) return;
  if (status_known_) {
    if (!responses_.writing) Finish();
    return;
  }
  if (responses_.may_read()) {
    responses_.reading = true;
    runtime_->Read(&responses_.incoming, Started(response_));
  }
  if (responses_.held && !responses_.writing) HoldBack();
}

void ForwardCall::SendResponse() {
  const grpc::ByteBuffer message =
      *std::exchange(responses_.held, std::nullopt);
  headers_sent_ = responses_.writing = true;
  client_->stream.Write(message, Started(response_sent_));
}

void ForwardCall::Finish() {
  finished_ = true;
  const grpc::Status status(status_.error_code(), status_.error_message());
  if (responses_.held) {
    client_->stream.WriteAndFinish(*responses_.held, grpc::WriteOptions(),
                                   status, Started(finish_));
  } else {
    client_->stream.Finish(status, Started(finish_));
  }
}

}  // namespace assay::cri
