#include "io/nri/rpc.h"

#include <utility>

#include "api/nri/ttrpc.pb.h"
#include "base/bytes.h"

namespace assay {

Result<RpcCall> ReadCall(const std::string& data) {
  ttrpc::Request request;
  if (!request.ParseFromString(data)) {
    return Fail(Reason::kHookMalformed, "a call that cannot be read");
  }
  return RpcCall{std::move(*request.mutable_service()),
                 std::move(*request.mutable_method()),
                 std::move(*request.mutable_payload())};
}

std::string WriteCall(const RpcCall& call) {
  ttrpc::Request request;
  request.set_service(call.service);
  request.set_method(call.method);
  request.set_payload(call.payload);
  return request.SerializeAsString();
}

std::string WriteAnswer(std::string payload) {
  ttrpc::Response response;
  response.set_payload(std::move(payload));
  return response.SerializeAsString();
}

std::string WriteFailure(RpcCode code, std::string_view message) {
  ttrpc::Response response;
  response.mutable_status()->set_code(static_cast<int>(code));
  response.mutable_status()->set_message(std::string(message));
  return response.SerializeAsString();
}

Status ReadAnswer(const std::string& data) {
  ttrpc::Response response;
  if (!response.ParseFromString(data)) {
    return Fail(Reason::kHookMalformed, "an answer that cannot be read");
  }
  if (response.status().code() == 0) return Ok();
  return Fail(Reason::kHookNoAnswer,
              "the runtime says: " + Printable(response.status().message()));
}

}  // namespace assay
