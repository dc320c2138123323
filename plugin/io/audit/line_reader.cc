#include "io/audit/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"

namespace assay {
namespace {

constexpr std::size_t kStep = 64U << 10;

}  // namespace

bool LineReader::Fill() {
  if (read_to_ >= to_) return false;
  buffer_.erase(0, used_);
  used_ = 0;
  const std::size_t old = buffer_.size();
  const auto step =
      static_cast<std::size_t>(std::min<std::uint64_t>(kStep, to_ - read_to_));
  buffer_.resize(old + step);
  ssize_t size = 0;
  do {
    size =
        ::pread(fd_, buffer_.data() + old, step, static_cast<off_t>(read_to_));
  } while (size < 0 && errno == EINTR);
  buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (size <= 0) return false;
  read_to_ += static_cast<std::uint64_t>(size);
  return true;
}

std::optional<LineReader::Line> LineReader::Next() {
  std::size_t searched = 0;
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(used_);
    const auto end = rest.find('\n', searched);
    const bool ended = end != rest.npos;
    searched = rest.size();
    const bool whole = ended || rest.size() > limits::kAuditLineBytes;
    // Filling moves what is left to the front, and `rest` with it.
    if (!whole && Fill()) continue;
    const std::string_view left = std::string_view(buffer_).substr(used_);
    if (left.empty()) return std::nullopt;
    const Line line{left.substr(0, end), next_, ended};
    const std::size_t size = line.text.size() + (ended ? 1 : 0);
    used_ += size;
    next_ += size;
    return line;
  }
}

}  // namespace assay
