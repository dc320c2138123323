// The lower of NRI's two framings: several connections share one socket.
// Frames are a connection's id and a length, 32 bits each, most significant
// byte first, and so many bytes, which break off anywhere in a message.
#ifndef ASSAY_IO_NRI_MUX_H_
#define ASSAY_IO_NRI_MUX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// On the first we answer the runtime, on the second it answers us.
inline constexpr std::uint32_t kNriPluginConnection = 1;
inline constexpr std::uint32_t kNriRuntimeConnection = 2;

// Puts apart what the runtime sends. Holds eight bytes at most. One thread.
class MuxReader {
 public:
  using Sink =
      std::function<Status(std::uint32_t connection, std::string_view part)>;

  // Hands the payloads in `bytes` on; those of connections that nobody knows
  // are dropped, as peers do. Errors: kHookMalformed (a frame longer than any
  // runtime sends), those of the sink; either ends the stream.
  Status Take(std::string_view bytes, const Sink& sink);

 private:
  std::string header_;  // as much as there is of it
  std::uint32_t connection_ = 0;
  std::size_t left_ = 0;  // of the payload
};

// `payload` in frames that a runtime takes: it refuses those over 4096 bytes.
std::string MuxFrames(std::uint32_t connection, std::string_view payload);

}  // namespace assay

#endif  // ASSAY_IO_NRI_MUX_H_
