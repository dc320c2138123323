// TarStream: the entries of a tar archive, one after the other, as Go's
// archive/tar reads them (ustar, pax, long names of GNU). Nothing is kept of
// what has been read, and nothing is ever made under an archive's names: those
// are as the archive has them, hostile.
#ifndef ASSAY_IO_ARCHIVE_TAR_STREAM_H_
#define ASSAY_IO_ARCHIVE_TAR_STREAM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/archive/input_buffer.h"
#include "io/archive/tar_block.h"

namespace assay {

enum class TarType : char {
  kFile = '0',
  kHardLink = '1',
  kSymlink = '2',
  kCharDevice = '3',
  kBlockDevice = '4',
  kFolder = '5',
  kFifo = '6',
};

struct TarEntry {
  TarType type = TarType::kFile;
  std::string name;
  std::string link;  // where a link leads
  std::uint64_t size = 0;
  std::uint64_t mode = 0;
  std::uint64_t owner = 0;
  std::uint64_t group = 0;
  std::uint64_t device_major = 0;
  std::uint64_t device_minor = 0;
  std::map<std::string, std::string> attributes;  // extended, by full name
};

class TarStream {
 public:
  static constexpr std::size_t kMostExtraBytes = 1U << 20;  // Go's, too

  explicit TarStream(std::unique_ptr<ByteSource> bytes)
      : bytes_(std::move(bytes)) {}

  // The next entry, past what is left of the last one's body; nullopt at the
  // end of the archive. Errors: kArchiveMalformed, also for what Go reads as a
  // sparse file, for an extra header over kMostExtraBytes, and for types that
  // no runtime unpacks; those of the source.
  Result<std::optional<TarEntry>> Next();

  // More of the body of the present entry, empty at its end. Valid until the
  // next call.
  Result<std::string_view> Body();

  // The bytes behind the archive, up to the end of the source.
  Status Drain();

 private:
  struct Extra;  // what headers before an entry say about it

  Result<std::optional<TarBlock>> Block();
  Status Skip(std::uint64_t count);
  Result<std::string> ExtraBody(const TarBlock& block);
  Status TakeExtra(const TarBlock& block, Extra& extra);
  Result<TarEntry> Entry(const TarBlock& block, Extra& extra);
  Error Malformed(std::string_view why) const;

  InputBuffer bytes_;
  std::uint64_t at_ = 0;
  std::uint64_t body_ = 0;     // bytes left of it
  std::uint64_t padding_ = 0;  // behind the body
};

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_TAR_STREAM_H_
