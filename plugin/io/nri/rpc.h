// A call and its answer, as ttrpc wraps them.
#ifndef ASSAY_IO_NRI_RPC_H_
#define ASSAY_IO_NRI_RPC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Of gRPC's numbers.
enum class RpcCode : std::uint8_t {
  kInvalidArgument = 3,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kUnimplemented = 12,
};

struct RpcCall {
  std::string service;
  std::string method;
  std::string payload;
};

// Errors: kHookMalformed.
Result<RpcCall> ReadCall(const std::string& data);
std::string WriteCall(const RpcCall& call);

std::string WriteAnswer(std::string payload);
std::string WriteFailure(RpcCode code, std::string_view message);
// Errors: kHookMalformed, and with what the peer says kHookNoAnswer.
Status ReadAnswer(const std::string& data);

}  // namespace assay

#endif  // ASSAY_IO_NRI_RPC_H_
