// MemorySource: bytes of a test as a ByteSource, in parts of a given size.
#ifndef ASSAY_TESTS_SUPPORT_MEMORY_SOURCE_H_
#define ASSAY_TESTS_SUPPORT_MEMORY_SOURCE_H_

#include <algorithm>
#include <string>

#include "io/archive/byte_source.h"

namespace assay::testing {

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string bytes, std::size_t part = 1U << 20)
      : bytes_(std::move(bytes)), part_(part) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    const std::size_t count = bytes_.copy(to, std::min(most, part_), at_);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t part_;
  std::size_t at_ = 0;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_MEMORY_SOURCE_H_
