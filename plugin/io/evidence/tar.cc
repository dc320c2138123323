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
#include "io/archive/tar_block.h"

namespace assay {
namespace {

constexpr std::size_t kMostEntries = 1'000'000;
constexpr std::size_t kMostPaxBytes = 64U << 10;
constexpr std::string_view kMagic(
    "ustar\0"
    "00",
    8);

// Absolute, or with a component that leads upward.
bool IsUnsafe(std::string_view name) {
  return name.starts_with('/') ||
         ("/" + std::string(name) + "/").find("/../") != std::string::npos;
}

// The value of "path" among pax records; `good` tells whether they are any.
std::optional<std::string> PaxPath(std::string_view records, bool& good) {
  std::optional<std::string> path;
  good = ForEachPaxRecord(records, [&](auto key, auto value) {
    if (key == "path") path = std::string(value);
    // What these would change is not read another way.
    return key != "size" && key != "linkpath";
  });
  return path;
}

}  // namespace

class TarScan {
 public:
  TarScan(TarReader& reader, std::uint64_t size, std::uint64_t most_entry)
      : reader_(reader), size_(size), most_entry_(most_entry) {}

  Status Run() {
    for (;;) {
      TarBlock block;
      if (!ReadAt(block.data(), kTarBlock, at_)) return Malformed("truncated");
      at_ += kTarBlock;
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

  Status Take(const TarBlock& block) {
    const auto checksum = TarNumber(block, kTarChecksum);
    const auto size = TarNumber(block, kTarSize);
    if (TarText(block, kTarMagic) != "ustar" &&
        !TarText(block, kTarMagic).starts_with("ustar ")) {
      return Malformed("no tar header");
    }
    if (checksum != TarChecksum(block)) return Malformed("wrong checksum");
    if (!size || *size > size_ || TarPadded(*size) > size_ - at_) {
      return Malformed("an entry beyond the end");
    }
    std::string name(TarText(block, kTarName));
    const std::string prefix(TarText(block, kTarPrefix));
    if (!prefix.empty() && TarText(block, kTarMagic) == "ustar") {
      name = prefix + "/" + name;
    }
    if (next_name_) name = *std::exchange(next_name_, std::nullopt);
    const std::uint64_t offset = at_;
    at_ += TarPadded(*size);
    return Keep(std::move(name), block[kTarType.offset], {offset, *size});
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
    TarBlock block;
    // Tools fill up to their block size, not more.
    constexpr std::uint64_t kMostPadding = 1U << 20;
    if (size_ - at_ > kMostPadding) return Malformed("bytes after the end");
    for (; ReadAt(block.data(), kTarBlock, at_); at_ += kTarBlock) {
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

Result<TarReader::Place> TarReader::Find(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    return Fail(Reason::kNotFound, Printable(path_) + ": " + Printable(name));
  }
  return Place{fd_.get(), found->second.offset, found->second.size};
}

std::vector<std::string> TarReader::NamesIn(const std::string& folder) const {
  std::vector<std::string> names;
  const std::string start = folder + "/";
  for (auto entry = entries_.lower_bound(start);
       entry != entries_.end() && entry->first.starts_with(start); ++entry) {
    std::string name = entry->first.substr(start.size());
    if (name.find('/') == name.npos) names.push_back(std::move(name));
  }
  return names;
}

Result<std::string> TarReader::Read(const std::string& name,
                                    std::size_t most) const {
  const auto place = Find(name);
  if (!place) return place.error();
  if (place->size > most) {
    return Fail(Reason::kFileTooLarge, Printable(name));
  }
  std::string bytes(place->size, '\0');
  const ssize_t count = ::pread(fd_.get(), bytes.data(), bytes.size(),
                                static_cast<off_t>(place->offset));
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
  TarBlock block{};
  const auto text = [&](TarField field, std::string_view value) {
    std::copy_n(value.data(), std::min(value.size(), field.length),
                block.begin() + static_cast<std::ptrdiff_t>(field.offset));
  };
  const auto octal = [&](TarField field, std::uint64_t value) {
    std::array<char, 24> digits{};
    const auto [end, problem] =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, 8);
    const std::string number(digits.data(), end);
    text(field, std::string(field.length - 1 - number.size(), '0') + number);
  };
  text(kTarName, name);
  octal(kTarMode, 0644);
  octal(kTarOwner, 0);
  octal(kTarGroup, 0);
  octal(kTarSize, size);
  octal(kTarTime, 0);
  block[kTarType.offset] = type;
  text(kTarMagic, kMagic);
  octal(kTarChecksum, TarChecksum(block));
  return Write({block.data(), block.size()});
}

Status TarWriter::AddBody(std::string_view bytes) {
  if (auto written = Write(bytes); !written) return written;
  return Write(std::string(TarPadded(bytes.size()) - bytes.size(), '\0'));
}

Status TarWriter::Add(std::string_view name, std::string_view bytes) {
  if (name.size() > kTarName.length) {
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
  if (auto ended = Write(std::string(2 * kTarBlock, '\0')); !ended)
    return ended;
  if (::fsync(fd_.get()) == 0) return Ok();
  return Fail(errno == ENOSPC ? Reason::kDiskFull : Reason::kWriteFailed,
              Printable(path_) + ": " + std::strerror(errno));
}

}  // namespace assay
