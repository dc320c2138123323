// LineReader: a part of an open file, line by line. For one thread; borrows the
// descriptor, whose position it leaves alone.
#ifndef ASSAY_IO_AUDIT_LINE_READER_H_
#define ASSAY_IO_AUDIT_LINE_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

class LineReader {
 public:
  // Reads the bytes from `from` up to `to`, or to the end of a shorter file.
  LineReader(int fd, std::uint64_t from, std::uint64_t to)
      : fd_(fd), next_(from), to_(to), read_to_(from) {}

  struct Line {
    std::string_view text;     // without its newline; until the next call
    std::uint64_t offset = 0;  // where it begins
    bool ended = false;        // by a newline
  };
  // nullopt at the end. A line over limits::kAuditLineBytes comes in parts that
  // are not ended.
  std::optional<Line> Next();

  // Behind the line that Next() gave last.
  std::uint64_t offset() const { return next_; }

 private:
  bool Fill();

  const int fd_;
  std::uint64_t next_;
  const std::uint64_t to_;
  std::uint64_t read_to_;
  std::string buffer_;  // of the bytes from next_ - used_ on
  std::size_t used_ = 0;
};

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_LINE_READER_H_
