// InputBuffer: the bytes of a source that are not used yet.
#ifndef ASSAY_IO_ARCHIVE_INPUT_BUFFER_H_
#define ASSAY_IO_ARCHIVE_INPUT_BUFFER_H_

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "io/archive/byte_source.h"

namespace assay {

class InputBuffer {
 public:
  static constexpr std::size_t kBytes = 128U << 10;

  explicit InputBuffer(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)),
        bytes_(std::make_unique_for_overwrite<char[]>(kBytes)) {}

  // What is there; empty only at the end of the source. Valid until the next
  // call.
  Result<std::string_view> Some() { return AtLeast(1); }

  // The same, with `count` bytes or as many as there are left.
  Result<std::string_view> AtLeast(std::size_t count) {
    if (count > end_ - begin_ && begin_ > 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    while (count > end_ - begin_) {
      auto got = source_->Read(bytes_.get() + end_, kBytes - end_);
      if (!got) return got.error();
      if (*got == 0) break;
      end_ += *got;
    }
    return std::string_view(bytes_.get() + begin_, end_ - begin_);
  }

  void Use(std::size_t count) { begin_ += std::min(count, end_ - begin_); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<char[]> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_INPUT_BUFFER_H_
