#include "io/archive/tar_stream.h"

#include <charconv>

namespace assay {
namespace {

constexpr std::string_view kAttribute = "SCHILY.xattr.";
constexpr char kPaxHeader = 'x';
constexpr char kPaxGlobal = 'g';
constexpr char kGnuName = 'L';
constexpr char kGnuLink = 'K';

// Some writers sum the bytes as signed.
std::int64_t SignedChecksum(const TarBlock& block) {
  auto sum = static_cast<std::int64_t>(TarChecksum(block));
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const bool own = i >= kTarChecksum.offset &&
                     i < kTarChecksum.offset + kTarChecksum.length;
    if (!own && (static_cast<unsigned char>(block[i]) & 0x80U) != 0) sum -= 256;
  }
  return sum;
}

bool HasChecksum(const TarBlock& block) {
  const auto claimed = TarNumber(block, kTarChecksum);
  return claimed &&
         (*claimed == TarChecksum(block) ||
          static_cast<std::int64_t>(*claimed) == SignedChecksum(block));
}

std::optional<std::uint64_t> Decimal(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || value >> 63U != 0) {
    return std::nullopt;
  }
  return value;
}

// Exactly the types that have a body; Go reads the size of others as zero.
bool HasBody(TarType type) { return type == TarType::kFile; }

std::optional<TarType> TypeOf(char type, std::string_view name) {
  if (type == '\0') {
    return name.ends_with('/') ? TarType::kFolder : TarType::kFile;
  }
  if (type < '0' || type > '6') return std::nullopt;
  return static_cast<TarType>(type);
}

}  // namespace

struct TarStream::Extra {
  bool pax = false;
  bool gnu = false;
  std::optional<std::string> name;
  std::optional<std::string> link;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> owner;
  std::optional<std::uint64_t> group;
  std::map<std::string, std::string> attributes;

  // False where a value cannot be. An empty value leaves the header's own.
  bool Take(std::string_view key, std::string_view value) {
    if (key.starts_with("GNU.sparse.")) return false;
    if (key.starts_with(kAttribute)) {
      return attributes.emplace(key.substr(kAttribute.size()), value).second;
    }
    if (value.empty()) return true;
    if (key == "path" || key == "linkpath") {
      auto& text = key == "path" ? name : link;
      if (text || value.find('\0') != std::string_view::npos) return false;
      text = std::string(value);
      return true;
    }
    auto* number = key == "size"  ? &size
                   : key == "uid" ? &owner
                   : key == "gid" ? &group
                                  : nullptr;
    if (number == nullptr) return true;
    if (*number) return false;
    *number = Decimal(value);
    return number->has_value();
  }
};

Error TarStream::Malformed(std::string_view why) const {
  return Fail(Reason::kArchiveMalformed,
              std::string(why) + " at byte " + std::to_string(at_));
}

Result<std::optional<TarBlock>> TarStream::Block() {
  auto some = bytes_.AtLeast(kTarBlock);
  if (!some) return some.error();
  if (some->empty()) return std::optional<TarBlock>();
  if (some->size() < kTarBlock) return Malformed("truncated");
  TarBlock block;
  some->copy(block.data(), kTarBlock);
  bytes_.Use(kTarBlock);
  at_ += kTarBlock;
  return std::optional<TarBlock>(block);
}

Result<std::string_view> TarStream::Body() {
  if (body_ == 0) return std::string_view();
  auto some = bytes_.Some();
  if (!some) return some.error();
  if (some->empty()) return Malformed("truncated");
  const auto part = some->substr(0, body_);
  bytes_.Use(part.size());
  body_ -= part.size();
  at_ += part.size();
  return part;
}

Status TarStream::Skip(std::uint64_t count) {
  while (count > 0) {
    auto some = bytes_.Some();
    if (!some) return some.error();
    // Go takes the end of the file for the end of the archive here.
    if (some->empty()) return Malformed("truncated");
    const std::size_t part = some->substr(0, count).size();
    bytes_.Use(part);
    count -= part;
    at_ += part;
  }
  return Ok();
}

Status TarStream::Drain() {
  for (;;) {
    auto some = bytes_.Some();
    if (!some) return some.error();
    if (some->empty()) return Ok();
    bytes_.Use(some->size());
  }
}

Result<std::optional<TarEntry>> TarStream::Next() {
  if (auto skipped = Skip(body_ + padding_); !skipped) return skipped.error();
  body_ = padding_ = 0;
  Extra extra;
  for (;;) {
    auto block = Block();
    if (!block) return block.error();
    if (!*block || IsZero(**block)) {
      if (extra.pax || extra.gnu) return Malformed("a header without entry");
      // Go wants a second block of zeros, or nothing at all.
      auto second = *block ? Block() : std::optional<TarBlock>();
      if (!second) return second.error();
      if (*second && !IsZero(**second)) return Malformed("a lone zero block");
      return std::optional<TarEntry>();
    }
    if (!HasChecksum(**block)) return Malformed("no tar header");
    switch ((**block)[kTarType.offset]) {
      case kPaxHeader:
      case kPaxGlobal:
      case kGnuName:
      case kGnuLink:
        if (auto taken = TakeExtra(**block, extra); !taken) {
          return taken.error();
        }
        continue;
      default:
        break;
    }
    auto entry = Entry(**block, extra);
    if (!entry) return entry.error();
    return std::optional<TarEntry>(*std::move(entry));
  }
}

Result<std::string> TarStream::ExtraBody(const TarBlock& block) {
  const auto size = TarNumber(block, kTarSize);
  if (!size || *size > kMostExtraBytes) return Malformed("a huge header");
  std::string bytes;
  body_ = *size;
  while (body_ > 0) {
    auto part = Body();
    if (!part) return part.error();
    bytes += *part;
  }
  auto skipped = Skip(TarPadded(*size) - *size);
  if (!skipped) return skipped.error();
  return bytes;
}

Status TarStream::TakeExtra(const TarBlock& block, Extra& extra) {
  auto bytes = ExtraBody(block);
  if (!bytes) return bytes.error();
  const char type = block[kTarType.offset];
  if (type == kPaxGlobal) {
    // Runtimes ignore it, and with it what stands before it.
    return extra.pax || extra.gnu ? Status(Malformed("a global pax header"))
                                  : Ok();
  }
  if (type == kPaxHeader) {
    // One for each entry; two, or both kinds, could be read in several ways.
    if (std::exchange(extra.pax, true) || extra.gnu ||
        !ForEachPaxRecord(*bytes, [&](auto key, auto value) {
          return extra.Take(key, value);
        })) {
      return Malformed("a pax header");
    }
    return Ok();
  }
  auto& text = type == kGnuName ? extra.name : extra.link;
  extra.gnu = true;
  if (extra.pax || text) return Malformed("a long name");
  text = bytes->substr(0, bytes->find('\0'));
  return Ok();
}

Result<TarEntry> TarStream::Entry(const TarBlock& block, Extra& extra) {
  TarEntry entry;
  entry.name = TarText(block, kTarName);
  if (TarText(block, kTarMagic) == "ustar") {
    const auto prefix = TarText(block, kTarPrefix);
    if (!prefix.empty()) entry.name = std::string(prefix) + "/" + entry.name;
  }
  if (extra.name) entry.name = *std::move(extra.name);
  entry.link = extra.link ? *std::move(extra.link)
                          : std::string(TarText(block, kTarLink));
  const auto type = TypeOf(block[kTarType.offset], entry.name);
  if (!type) return Malformed("an entry of an unknown type");
  entry.type = *type;
  const auto mode = TarNumber(block, kTarMode);
  const auto owner = extra.owner ? extra.owner : TarNumber(block, kTarOwner);
  const auto group = extra.group ? extra.group : TarNumber(block, kTarGroup);
  const auto size = extra.size ? extra.size : TarNumber(block, kTarSize);
  const auto major = TarNumber(block, kTarDeviceMajor);
  const auto minor = TarNumber(block, kTarDeviceMinor);
  const bool device =
      *type == TarType::kCharDevice || *type == TarType::kBlockDevice;
  if (!mode || !owner || !group || !size || (device && (!major || !minor)) ||
      *size > (std::uint64_t{1} << 62U)) {
    return Malformed("a number");
  }
  entry.mode = *mode;
  entry.owner = *owner;
  entry.group = *group;
  entry.size = HasBody(*type) ? *size : 0;
  if (device) {
    entry.device_major = *major;
    entry.device_minor = *minor;
  }
  entry.attributes = std::move(extra.attributes);
  body_ = entry.size;
  padding_ = TarPadded(entry.size) - entry.size;
  return entry;
}

}  // namespace assay
