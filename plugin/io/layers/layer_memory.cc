#include "io/layers/layer_memory.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kHeader = "assay-layers 1";

// Up to the next `end`, which is taken away too; nullopt when there is none.
std::optional<std::string_view> TakeUntil(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

// Exactly one spelling per number: what to_string writes.
template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

bool IsVerity(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto hex = text.substr(colon + 1);
  return ReadNumber<std::uint16_t>(text.substr(0, colon)).has_value() &&
         !hex.empty() && hex.size() <= 128 && HexDecode(hex).has_value();
}

std::optional<LayerRecord> ReadRecord(std::string_view line) {
  const auto digest = TakeUntil(line, ' ');
  const auto device = TakeUntil(line, ' ');
  const auto inode = TakeUntil(line, ' ');
  const auto size = TakeUntil(line, ' ');
  const auto modified = TakeUntil(line, ' ');
  const auto changed = TakeUntil(line, ' ');
  const auto hashed = TakeUntil(line, ' ');
  if (!hashed || (line != "-" && !IsVerity(line))) return std::nullopt;
  auto parsed = Digest::Parse(*digest);
  const auto device_number = ReadNumber<std::uint64_t>(*device);
  const auto inode_number = ReadNumber<std::uint64_t>(*inode);
  const auto bytes = ReadNumber<std::int64_t>(*size);
  const auto modified_ns = ReadNumber<std::int64_t>(*modified);
  const auto changed_ns = ReadNumber<std::int64_t>(*changed);
  const auto seconds = ReadNumber<std::int64_t>(*hashed);
  if (!parsed || !device_number || !inode_number || !bytes || *bytes < 0 ||
      !modified_ns || !changed_ns || !seconds) {
    return std::nullopt;
  }
  return LayerRecord{*std::move(parsed),
                     {*device_number, *inode_number, *bytes, *modified_ns,
                      *changed_ns, line == "-" ? "" : std::string(line)},
                     Time(std::chrono::seconds(*seconds))};
}

void AppendRecord(std::string& text, const LayerRecord& record) {
  const FileIdentity& file = record.identity;
  text += record.digest.str();
  for (const std::uint64_t number : {file.device, file.inode}) {
    text += ' ' + std::to_string(number);
  }
  for (const std::int64_t number :
       {file.size, file.modified_ns, file.changed_ns,
        std::int64_t{record.hashed_at.time_since_epoch().count()}}) {
    text += ' ' + std::to_string(number);
  }
  text += ' ' + (file.verity.empty() ? "-" : file.verity) + '\n';
}

Error Malformed(std::size_t line) {
  return Fail(Reason::kFileUnreadable,
              "not a layer memory: line " + std::to_string(line));
}

}  // namespace

Result<std::vector<LayerRecord>> ReadLayerRecords(std::string_view text) {
  if (TakeUntil(text, '\n') != kHeader) return Malformed(1);
  std::vector<LayerRecord> records;
  for (std::size_t number = 2;; ++number) {
    const auto line = TakeUntil(text, '\n');
    if (!line || records.size() > kLayerRecords) return Malformed(number);
    if (line->starts_with("end ")) {
      const auto count = ReadNumber<std::size_t>(line->substr(4));
      if (count != records.size() || !text.empty()) return Malformed(number);
      return records;
    }
    auto record = ReadRecord(*line);
    if (!record) return Malformed(number);
    records.push_back(*std::move(record));
  }
}

std::string WriteLayerRecords(const std::vector<LayerRecord>& records) {
  std::string text(kHeader);
  text += '\n';
  for (const LayerRecord& record : records) AppendRecord(text, record);
  return text + "end " + std::to_string(records.size()) + '\n';
}

std::optional<LayerRecord> LayerMemory::Find(
    const FileIdentity& identity) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find({identity.device, identity.inode});
  if (found == records_.end() || found->second.identity != identity) {
    return std::nullopt;
  }
  return found->second;
}

void LayerMemory::Remember(const LayerRecord& record) {
  const std::lock_guard lock(mutex_);
  records_.insert_or_assign(Key{record.identity.device, record.identity.inode},
                            record);
  if (records_.size() > kLayerRecords) DropOldest();
}

// An eighth at once, so that a full memory is not sorted at every layer.
void LayerMemory::DropOldest() {
  std::vector<Time> times;
  times.reserve(records_.size());
  for (const auto& [key, record] : records_) times.push_back(record.hashed_at);
  const auto cut =
      times.begin() + static_cast<std::ptrdiff_t>(kLayerRecords / 8);
  std::nth_element(times.begin(), cut, times.end());
  const Time limit = *cut;
  std::size_t surplus = kLayerRecords / 8;
  std::erase_if(records_, [&](const auto& entry) {
    if (surplus == 0 || entry.second.hashed_at > limit) return false;
    --surplus;
    return true;
  });
}

void LayerMemory::Forget(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  std::erase_if(records_, [&](const auto& entry) {
    return entry.second.digest == digest;
  });
}

void LayerMemory::Clear() {
  const std::lock_guard lock(mutex_);
  records_.clear();
}

std::vector<LayerRecord> LayerMemory::Records() const {
  const std::lock_guard lock(mutex_);
  std::vector<LayerRecord> records;
  records.reserve(records_.size());
  for (const auto& [key, record] : records_) records.push_back(record);
  return records;
}

}  // namespace assay
