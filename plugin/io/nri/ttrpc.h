// The upper framing: ttrpc messages (its PROTOCOL.md). A message is the length
// of its data and the number of its stream, 32 bits each, most significant byte
// first, a type and flags, a byte each, and the data.
#ifndef ASSAY_IO_NRI_TTRPC_H_
#define ASSAY_IO_NRI_TTRPC_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

enum class TtrpcType : std::uint8_t { kRequest = 1, kResponse = 2 };

struct TtrpcMessage {
  TtrpcType type = TtrpcType::kRequest;
  std::uint32_t stream = 0;
  std::string data;
  // The data was longer than ttrpc lets it be, and was dropped: who asks must
  // be told no, not be left alone.
  bool oversized = false;
};

// Puts a connection's bytes together to messages. Holds one message at most,
// and no more of it than has come. One thread.
class TtrpcReader {
 public:
  using Sink = std::function<Status(TtrpcMessage message)>;

  // Errors: kHookMalformed (another type, flags, stream number 0), those of
  // the sink; either ends the stream.
  Status Take(std::string_view bytes, const Sink& sink);

 private:
  Status Begin();

  std::string header_;  // as much as there is of it
  std::size_t left_ = 0;
  TtrpcMessage message_;
};

std::string WriteTtrpc(TtrpcType type, std::uint32_t stream,
                       std::string_view data);

}  // namespace assay

#endif  // ASSAY_IO_NRI_TTRPC_H_
