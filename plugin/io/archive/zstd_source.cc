#include <zstd.h>

#include "io/archive/packed_sources.h"

namespace assay {
namespace {

constexpr int kWindowLog = 27;  // 128 MiB, what zstd itself takes as its most

class Zstd : public ByteSource {
 public:
  explicit Zstd(InputBuffer packed)
      : packed_(std::move(packed)), stream_(::ZSTD_createDStream()) {
    good_ =
        stream_ != nullptr && !Failed(::ZSTD_DCtx_setParameter(
                                  stream_, ZSTD_d_windowLogMax, kWindowLog));
  }
  ~Zstd() override { ::ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  Result<std::size_t> Read(char* to, std::size_t most) override {
    while (good_) {
      auto some = packed_.Some();
      if (!some) return some.error();
      // Without input there may still be output that did not fit.
      ZSTD_inBuffer input{some->data(), some->size(), 0};
      ZSTD_outBuffer output{to, most, 0};
      if (some->empty() && between_frames_) return std::size_t{0};
      const std::size_t left =
          ::ZSTD_decompressStream(stream_, &output, &input);
      packed_.Use(input.pos);
      good_ = !Failed(left);
      between_frames_ = left == 0;
      if (good_ && output.pos > 0) return output.pos;
      if (some->empty() && left != 0) break;  // truncated
    }
    good_ = false;
    return Fail(Reason::kArchiveMalformed, "not a whole zstd stream");
  }

 private:
  static bool Failed(std::size_t code) { return ::ZSTD_isError(code) != 0; }

  InputBuffer packed_;
  ZSTD_DStream* stream_;
  bool good_ = false;
  bool between_frames_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> ZstdSource(InputBuffer packed) {
  return std::make_unique<Zstd>(std::move(packed));
}

}  // namespace assay
