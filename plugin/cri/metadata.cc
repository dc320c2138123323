#include "cri/metadata.h"

#include <algorithm>

namespace assay::cri {
namespace {

bool IsKeyLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool IsPrintableAscii(char c) { return c >= 0x20 && c <= 0x7e; }

// Every connection has its own: gRPC writes them for ours.
bool IsOfConnection(std::string_view key) {
  constexpr std::string_view kOwn[] = {
      "user-agent",           "te",           "content-type",
      "grpc-accept-encoding", "grpc-timeout", "grpc-encoding",
      "grpc-status",          "grpc-message", "accept-encoding"};
  return std::find(std::begin(kOwn), std::end(kOwn), key) != std::end(kOwn);
}

}  // namespace

bool IsSendable(std::string_view key, std::string_view value) {
  if (key.empty() || IsOfConnection(key) ||
      !std::all_of(key.begin(), key.end(), IsKeyLetter)) {
    return false;
  }
  return key.ends_with("-bin") ||
         std::all_of(value.begin(), value.end(), IsPrintableAscii);
}

}  // namespace assay::cri
