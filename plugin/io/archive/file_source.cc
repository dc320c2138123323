#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/archive/byte_source.h"

namespace assay {
namespace {

class File : public ByteSource {
 public:
  File(int fd, const std::atomic<bool>* stop) : fd_(fd), stop_(stop) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    for (;;) {
      if (stop_ != nullptr && stop_->load()) return Fail(Reason::kDeadline);
      const ssize_t count = ::pread(fd_, to, most, at_);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return Fail(Reason::kFileUnreadable, std::strerror(errno));
      }
      at_ += count;
      return static_cast<std::size_t>(count);
    }
  }

 private:
  int fd_;
  const std::atomic<bool>* stop_;
  off_t at_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> FileSource(int fd, const std::atomic<bool>* stop) {
  return std::make_unique<File>(fd, stop);
}

}  // namespace assay
