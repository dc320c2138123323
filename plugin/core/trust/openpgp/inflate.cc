#include "core/trust/openpgp/inflate.h"

#include <zlib.h>

#include <algorithm>

namespace assay {
namespace {

class InflateStream {
 public:
  explicit InflateStream(Deflated form) {
    const int bits = form == Deflated::kRaw ? -MAX_WBITS : MAX_WBITS;
    made_ = inflateInit2(&stream_, bits) == Z_OK;
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream() {
    if (made_) inflateEnd(&stream_);
  }

  bool made() const { return made_; }
  z_stream& get() { return stream_; }

 private:
  z_stream stream_{};
  bool made_ = false;
};

}  // namespace

Result<std::string> Inflate(std::string_view packed, Deflated form,
                            std::size_t most) {
  InflateStream owner(form);
  if (!owner.made()) return Fail(Reason::kInternal, "zlib has no memory");
  z_stream& stream = owner.get();
  std::string input(packed);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  // One byte more than may come tells a stream that is too long.
  std::string output(most + 1, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  const int code = inflate(&stream, Z_FINISH);
  if (stream.avail_out == 0) {
    return Fail(Reason::kTooLarge, "the compressed packet's content");
  }
  if (code != Z_STREAM_END) {
    return Fail(Reason::kOpenpgpMalformed, "the compressed packet is damaged");
  }
  if (stream.avail_in != 0) {
    return Fail(Reason::kOpenpgpMalformed,
                "bytes follow the compressed packet's stream");
  }
  output.resize(output.size() - stream.avail_out);
  return output;
}

}  // namespace assay
