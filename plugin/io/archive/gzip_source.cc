#include <zlib.h>

#include "io/archive/packed_sources.h"

namespace assay {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

class Gzip : public ByteSource {
 public:
  explicit Gzip(InputBuffer packed) : packed_(std::move(packed)) {
    good_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~Gzip() override { ::inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<std::size_t> Read(char* to, std::size_t most) override {
    while (good_) {
      auto input = packed_.Some();
      if (!input) return input.error();
      if (input->empty() && between_members_) return std::size_t{0};
      if (input->empty()) break;  // truncated
      const std::size_t wanted = std::min(most, InputBuffer::kBytes);
      // zlib takes its input by a pointer to what it does not change.
      stream_.next_in =
          reinterpret_cast<Bytef*>(const_cast<char*>(input->data()));
      stream_.avail_in = static_cast<uInt>(input->size());
      stream_.next_out = reinterpret_cast<Bytef*>(to);
      stream_.avail_out = static_cast<uInt>(wanted);
      between_members_ = false;
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      packed_.Use(input->size() - stream_.avail_in);
      if (code == Z_STREAM_END) {
        between_members_ = true;
        good_ = ::inflateReset(&stream_) == Z_OK;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        good_ = false;
      }
      const std::size_t made = wanted - stream_.avail_out;
      if (made > 0) return made;
    }
    good_ = false;
    return Fail(Reason::kArchiveMalformed, "not a whole gzip stream");
  }

 private:
  InputBuffer packed_;
  z_stream stream_{};
  bool good_ = false;
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> GzipSource(InputBuffer packed) {
  return std::make_unique<Gzip>(std::move(packed));
}

}  // namespace assay
