#include "io/evidence/tar.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostEntries = 1'000'000;
constexpr std::size_t kMostPaxBytes = 64U << 10;
constexpr std::string_view kMagic(
    "ustar\0"
    "00",
    8);

// Fields of a header: offset and length (POSIX, pax, "ustar Header Block").
struct Field {
  std::size_t offset;
  std::size_t length;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kOwner{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr Field kType{156, 1};
constexpr Field kMagicField{257, 8};
constexpr Field kPrefix{345, 155};

using Block = std::array<char, kBlock>;

std::string_view TextOf(const Block& block, Field field) {
  const std::string_view all(block.data() + field.offset, field.length);
  return all.substr(0, all.find('\0'));
}

std::optional<std::uint64_t> OctalOf(const Block& block, Field field) {
  std::string_view text(block.data() + field.offset, field.length);
  text = text.substr(0, text.find_first_of(std::string_view("\0 ", 2)));
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, 8);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::uint64_t ChecksumOf(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own =
        i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    sum += own ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

bool IsZero(const Block& block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == 0; });
}

std::uint64_t Padded(std::uint64_t size) {
  return (size + kBlock - 1) / kBlock * kBlock;
}

// Absolute, or with a component that leads upward.
bool IsUnsafe(std::string_view name) {
  return name.starts_with('/') ||
         ("/" + std::string(name) + "/").find("/../") != std::string::npos;
}

// The value of "path" among pax records "<length> <key>=<value>\n".
std::optional<std::string> PaxPath(std::string_view records, bool& good) {
  std::optional<std::string> path;
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [stop, problem] = std::from_chars(
        records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(stop - records.data());
    good = problem == std::errc{} && length <= records.size() &&
           length > digits + 1 && *stop == ' ' && records[length - 1] == '\n';
    if (!good) return std::nullopt;
    const auto record = records.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    const auto key = record.substr(0, equals);
    // What these would change is not read another way.
    good =
        equals != std::string_view::npos && key != "size" && key != "linkpath";
    if (!good) return std::nullopt;
    if (key == "path") path = std::string(record.substr(equals + 1));
    records.remove_prefix(length);
  }
  return path;
}

}  // namespace

class TarScan {
 public:
  TarScan(TarReader& reader, std::uint64_t size, std::uint64_t most_entry)
      : reader_(reader), size_(size), most_entry_(most_entry) {}

  Status Run() {
    for (;;) {
      Block block;
      if (!ReadAt(block.data(), kBlock, at_)) return Malformed("truncated");
      at_ += kBlock;
      if (IsZero(block)) return RestIsZero();
      if (auto entry = Take(block); !entry) return entry;
    }
  }

 private:
  Error Malformed(std::string_view why) const {
    return Fail(Reason::kArchiveMalformed, Printable(reader_.path_) + ": " +
                                               std::string(why) + " at byte " +
                                               std::to_string(at_));
  }
  Error Unsafe(std::string_view why, std::string_view name) const {
    return Fail(Reason::kArchiveUnsafe, Printable(reader_.path_) + ": " +
                                            std::string(why) + ": " +
                                            Printable(name));
  }

  bool ReadAt(char* to, std::size_t count, std::uint64_t offset) const {
    if (offset > size_ || count > size_ - offset) return false;
    const ssize_t got =
        ::pread(reader_.fd_.get(), to, count, static_cast<off_t>(offset));
    return got == static_cast<ssize_t>(count);
  }

  Status Take(const Block& block) {
    const auto checksum = OctalOf(block, kChecksum);
    const auto size = OctalOf(block, kSize);
    if (TextOf(block, kMagicField) != "ustar" &&
        !TextOf(block, kMagicField).starts_with("ustar ")) {
      return Malformed("no tar header");
    }
    if (checksum != ChecksumOf(block)) return Malformed("wrong checksum");
    if (!size || *size > size_ || Padded(*size) > size_ - at_) {
      return Malformed("an entry beyond the end");
    }
    std::string name(TextOf(block, kName));
    const std::string prefix(TextOf(block, kPrefix));
    if (!prefix.empty() && TextOf(block, kMagicField) == "ustar") {
      name = prefix + "/" + name;
    }
    if (next_name_) name = *std::exchange(next_name_, std::nullopt);
    const std::uint64_t offset = at_;
    at_ += Padded(*size);
    return Keep(std::move(name), block[kType.offset], {offset, *size});
  }

  Status Keep(std::string name, char type, TarReader::Entry entry) {
    switch (type) {
      case '0':
      case '\0':
        break;
      case '5':
        if (IsUnsafe(name)) return Unsafe("a name that leads outside", name);
        return Ok();
      case 'x':
        return TakePax(entry);
      case 'g':
        return Ok();
      default:
        return Unsafe("neither file nor folder", name);
    }
    if (IsUnsafe(name)) return Unsafe("a name that leads outside", name);
    if (entry.size > most_entry_) return Unsafe("a huge entry", name);
    if (name.starts_with("./")) name.erase(0, 2);
    if (reader_.entries_.size() >= kMostEntries) {
      return Malformed("too many entries");
    }
    if (!reader_.entries_.emplace(std::move(name), entry).second) {
      return Malformed("a name twice");
    }
    return Ok();
  }

  Status TakePax(const TarReader::Entry& entry) {
    if (entry.size > kMostPaxBytes) return Malformed("a huge pax header");
    std::string records(entry.size, '\0');
    bool good = ReadAt(records.data(), records.size(), entry.offset);
    if (good) next_name_ = PaxPath(records, good);
    return good ? Ok() : Status(Malformed("a pax header"));
  }

  Status RestIsZero() {
    Block block;
    // Tools fill up to their block size, not more.
    constexpr std::uint64_t kMostPadding = 1U << 20;
    if (size_ - at_ > kMostPadding) return Malformed("bytes after the end");
    for (; ReadAt(block.data(), kBlock, at_); at_ += kBlock) {
      if (!IsZero(block)) return Malformed("bytes after the end");
    }
    return Ok();
  }

  TarReader& reader_;
  std::uint64_t size_;
  std::uint64_t most_entry_;
  std::uint64_t at_ = 0;
  std::optional<std::string> next_name_;
};

Result<TarReader> TarReader::Open(const std::string& path,
                                  std::uint64_t most_entry) {
  TarReader reader;
  reader.path_ = path;
  reader.fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!reader.fd_.valid() || ::fstat(reader.fd_.get(), &info) != 0) {
    return Fail(errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable,
                Printable(path) + ": " + std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return Fail(Reason::kFileUnreadable,
                Printable(path) + ": not a regular file");
  }
  TarScan scan(reader, static_cast<std::uint64_t>(info.st_size), most_entry);
  if (auto scanned = scan.Run(); !scanned) return scanned.error();
  return reader;
}

Result<std::string> TarReader::Read(const std::string& name,
                                    std::size_t most) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    return Fail(Reason::kNotFound, Printable(path_) + ": " + Printable(name));
  }
  const Entry& entry = found->second;
  if (entry.size > most) {
    return Fail(Reason::kFileTooLarge, Printable(name));
  }
  std::string bytes(entry.size, '\0');
  const ssize_t count = ::pread(fd_.get(), bytes.data(), bytes.size(),
                                static_cast<off_t>(entry.offset));
  if (count != static_cast<ssize_t>(bytes.size())) {
    return Fail(Reason::kFileUnreadable, Printable(path_));
  }
  return bytes;
}

Result<TarWriter> TarWriter::Make(const std::string& path) {
  TarWriter writer;
  writer.path_ = path;
  writer.fd_.reset(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (writer.fd_.valid()) return writer;
  return Fail(Reason::kWriteFailed,
              Printable(path) + ": " + std::strerror(errno));
}

Status TarWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const bool full = errno == ENOSPC || errno == EDQUOT;
      return Fail(full ? Reason::kDiskFull : Reason::kWriteFailed,
                  Printable(path_) + ": " + std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Ok();
}

Status TarWriter::AddHeader(std::string_view name, char type,
                            std::uint64_t size) {
  Block block{};
  const auto text = [&](Field field, std::string_view value) {
    std::copy_n(value.data(), std::min(value.size(), field.length),
                block.begin() + static_cast<std::ptrdiff_t>(field.offset));
  };
  const auto octal = [&](Field field, std::uint64_t value) {
    std::array<char, 24> digits{};
    const auto [end, problem] =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, 8);
    const std::string number(digits.data(), end);
    text(field, std::string(field.length - 1 - number.size(), '0') + number);
  };
  text(kName, name);
  octal(kMode, 0644);
  octal(kOwner, 0);
  octal(kGroup, 0);
  octal(kSize, size);
  octal(kTime, 0);
  block[kType.offset] = type;
  text(kMagicField, kMagic);
  octal(kChecksum, ChecksumOf(block));
  return Write({block.data(), block.size()});
}

Status TarWriter::AddBody(std::string_view bytes) {
  if (auto written = Write(bytes); !written) return written;
  return Write(std::string(Padded(bytes.size()) - bytes.size(), '\0'));
}

Status TarWriter::Add(std::string_view name, std::string_view bytes) {
  if (name.size() > kName.length) {
    // A record counts its own length; three digits always do here.
    const std::size_t length = 3 + 1 + 5 + name.size() + 1;
    const std::string record =
        std::to_string(length) + " path=" + std::string(name) + "\n";
    if (auto added = AddHeader("pax", 'x', record.size()); !added) return added;
    if (auto added = AddBody(record); !added) return added;
  }
  if (auto added = AddHeader(name, '0', bytes.size()); !added) return added;
  return AddBody(bytes);
}

Status TarWriter::Finish() {
  if (auto ended = Write(std::string(2 * kBlock, '\0')); !ended) return ended;
  if (::fsync(fd_.get()) == 0) return Ok();
  return Fail(errno == ENOSPC ? Reason::kDiskFull : Reason::kWriteFailed,
              Printable(path_) + ": " + std::strerror(errno));
}

}  // namespace assay
