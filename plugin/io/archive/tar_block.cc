#include "io/archive/tar_block.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace assay {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

std::string_view BytesOf(const TarBlock& block, TarField field) {
  return {block.data() + field.offset, field.length};
}

// Big-endian, without the first bit; negative where the second is set.
std::optional<std::uint64_t> Base256(std::string_view bytes) {
  std::uint64_t value = static_cast<unsigned char>(bytes.front()) & 0x7FU;
  if ((value & 0x40U) != 0) return std::nullopt;
  for (const char c : bytes.substr(1)) {
    if (value > kLargest >> 8U) return std::nullopt;
    value = value << 8U | static_cast<unsigned char>(c);
  }
  return value;
}

}  // namespace

std::string_view TarText(const TarBlock& block, TarField field) {
  const std::string_view all = BytesOf(block, field);
  return all.substr(0, all.find('\0'));
}

std::optional<std::uint64_t> TarNumber(const TarBlock& block, TarField field) {
  constexpr std::string_view kFill("\0 ", 2);
  std::string_view text = BytesOf(block, field);
  if ((static_cast<unsigned char>(text.front()) & 0x80U) != 0) {
    return Base256(text);
  }
  text.remove_prefix(std::min(text.find_first_not_of(kFill), text.size()));
  text = text.substr(0, text.find('\0'));
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return 0;
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, 8);
  if (problem != std::errc{} || stop != end || value > kLargest) {
    return std::nullopt;
  }
  return value;
}

std::uint64_t TarChecksum(const TarBlock& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const bool own = i >= kTarChecksum.offset &&
                     i < kTarChecksum.offset + kTarChecksum.length;
    sum += own ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

bool IsZero(const TarBlock& block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == 0; });
}

std::uint64_t TarPadded(std::uint64_t size) {
  return (size + kTarBlock - 1) / kTarBlock * kTarBlock;
}

bool ForEachPaxRecord(
    std::string_view records,
    const std::function<bool(std::string_view, std::string_view)>& take) {
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [stop, problem] = std::from_chars(
        records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(stop - records.data());
    if (problem != std::errc{} || length > records.size() ||
        length <= digits + 1 || *stop != ' ' || records[length - 1] != '\n') {
      return false;
    }
    const auto record = records.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    if (!take(record.substr(0, equals), record.substr(equals + 1))) {
      return false;
    }
    records.remove_prefix(length);
  }
  return true;
}

}  // namespace assay
