#include "io/archive/packed_sources.h"

namespace assay {
namespace {

constexpr std::string_view kGzip("\x1F\x8B\x08", 3);
constexpr std::string_view kZstd("\x28\xB5\x2F\xFD", 4);

// A frame that carries no data, in front of zstd's own: 0x184D2A50 to ...5F.
bool IsSkippable(std::string_view head) {
  return head.size() >= 4 && (head[0] & 0xF0) == 0x50 &&
         head.substr(1, 3) == "\x2A\x4D\x18";
}

class Plain : public ByteSource {
 public:
  explicit Plain(InputBuffer bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> Read(char* to, std::size_t most) override {
    auto some = bytes_.Some();
    if (!some) return some.error();
    const std::size_t count = some->copy(to, most);
    bytes_.Use(count);
    return count;
  }

 private:
  InputBuffer bytes_;
};

// Looks at the first bytes when the first are asked for.
class Unpacked : public ByteSource {
 public:
  explicit Unpacked(std::unique_ptr<ByteSource> packed)
      : packed_(std::move(packed)) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    if (packed_ != nullptr) {
      if (auto begun = Begin(); !begun) return begun.error();
    }
    if (source_ == nullptr) return Fail(Reason::kArchiveMalformed);
    return source_->Read(to, most);
  }

 private:
  Status Begin() {
    InputBuffer buffer(std::move(packed_));
    const auto head = buffer.AtLeast(kZstd.size());
    if (!head) return head.error();
    if (head->starts_with(kGzip)) {
      source_ = GzipSource(std::move(buffer));
    } else if (head->starts_with(kZstd) || IsSkippable(*head)) {
      source_ = ZstdSource(std::move(buffer));
    } else {
      source_ = std::make_unique<Plain>(std::move(buffer));
    }
    return Ok();
  }

  std::unique_ptr<ByteSource> packed_;  // until begun
  std::unique_ptr<ByteSource> source_;  // from then on
};

}  // namespace

std::unique_ptr<ByteSource> UnpackedSource(std::unique_ptr<ByteSource> packed) {
  return std::make_unique<Unpacked>(std::move(packed));
}

}  // namespace assay
