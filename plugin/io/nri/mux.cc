#include "io/nri/mux.h"

#include <algorithm>

#include "io/nri/big_endian.h"
#include "io/nri/limits.h"

namespace assay {
namespace {

constexpr std::size_t kMuxHeaderBytes = 8;
// The runtime's reader takes no more at once.
constexpr std::size_t kMuxPayloadBytes = 4096;

}  // namespace

Status MuxReader::Take(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      const std::size_t wanted = kMuxHeaderBytes - header_.size();
      header_.append(bytes.substr(0, wanted));
      bytes.remove_prefix(std::min(wanted, bytes.size()));
      if (header_.size() < kMuxHeaderBytes) return Ok();
      connection_ = BigEndian32(header_);
      left_ = BigEndian32(std::string_view(header_).substr(4));
      header_.clear();
      if (left_ > limits::kNriFrameBytes) {
        return Fail(Reason::kHookMalformed,
                    "a frame of " + std::to_string(left_) + " bytes");
      }
      continue;
    }
    const std::string_view part = bytes.substr(0, left_);
    left_ -= part.size();
    bytes.remove_prefix(part.size());
    if (connection_ != kNriPluginConnection &&
        connection_ != kNriRuntimeConnection) {
      continue;
    }
    if (Status taken = sink(connection_, part); !taken) return taken;
  }
  return Ok();
}

std::string MuxFrames(std::uint32_t connection, std::string_view payload) {
  std::string frames;
  while (!payload.empty()) {
    const std::string_view part = payload.substr(0, kMuxPayloadBytes);
    AppendBigEndian32(connection, frames);
    AppendBigEndian32(static_cast<std::uint32_t>(part.size()), frames);
    frames.append(part);
    payload.remove_prefix(part.size());
  }
  return frames;
}

}  // namespace assay
