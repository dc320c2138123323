#include "io/audit/chain.h"

#include <charconv>

#include "base/bytes.h"
#include "base/digest.h"

namespace assay {
namespace {

constexpr std::string_view kStart = "{\"seq\":";
constexpr std::string_view kCheckpointKey = "checkpoint";
constexpr std::string_view kNoteKey = "chain_note";
constexpr std::string_view kCheckpointStart = ",\"checkpoint\":";
constexpr std::string_view kNoteStart = ",\"chain_note\":";
constexpr std::string_view kChainStart = ",\"chain\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kTailBytes =
    kChainStart.size() + 2 * kChainBytes + kEnd.size();

// Decimal without sign or leading zero, at least 1; what follows it is left.
std::optional<std::uint64_t> TakeSequence(std::string_view& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || value == 0 || text.front() == '0') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

// They stand right behind the number, so that no other line has to be parsed.
bool HasExtras(std::string_view behind_sequence) {
  return behind_sequence.starts_with(kCheckpointStart) ||
         behind_sequence.starts_with(kNoteStart);
}

std::optional<ChainExtras> ReadExtras(std::string_view line) {
  const auto object = Json::Parse(line);
  if (!object) return std::nullopt;
  ChainExtras extras;
  if (const Json* checkpoint = object->Find(kCheckpointKey)) {
    if (checkpoint->AsString() == nullptr) return std::nullopt;
    extras.checkpoint = *checkpoint->AsString();
  }
  if (const Json* note = object->Find(kNoteKey)) {
    if (note->AsObject() == nullptr) return std::nullopt;
    extras.note = *note->AsObject();
  }
  return extras;
}

}  // namespace

std::string StartOfChain() { return std::string(kChainBytes, '\0'); }

std::string ChainOf(std::string_view before, std::string_view body) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.Update(before);
  hasher.Update(body);
  return hasher.Finish().bytes();
}

LinkedLine LinkLine(std::uint64_t sequence, std::string_view before,
                    const ChainExtras& extras, std::string_view object) {
  LinkedLine line;
  std::string& text = line.text;
  text.reserve(object.size() + 256 + 2 * extras.checkpoint.size());
  text.append(kStart).append(std::to_string(sequence));
  if (!extras.checkpoint.empty()) {
    text.append(kCheckpointStart);
    Json(extras.checkpoint).DumpTo(text);
  }
  if (!extras.note.empty()) {
    text.append(kNoteStart);
    Json(extras.note).DumpTo(text);
  }
  // Of "{...}" what stands inside.
  const std::string_view members = object.substr(1, object.size() - 2);
  if (!members.empty()) text.append(",").append(members);
  line.chain = ChainOf(before, text);
  text.append(kChainStart).append(HexEncode(line.chain)).append(kEnd);
  return line;
}

std::optional<ClaimedLine> ReadChainLine(std::string_view line) {
  if (line.size() < kStart.size() + 1 + kTailBytes) return std::nullopt;
  std::string_view tail = line.substr(line.size() - kTailBytes);
  if (!line.starts_with(kStart) || !tail.starts_with(kChainStart) ||
      !tail.ends_with(kEnd)) {
    return std::nullopt;
  }
  tail.remove_prefix(kChainStart.size());
  tail.remove_suffix(kEnd.size());
  auto chain = HexDecode(tail);
  ClaimedLine claimed;
  claimed.body = line.substr(0, line.size() - kTailBytes);
  std::string_view rest = claimed.body.substr(kStart.size());
  const auto sequence = TakeSequence(rest);
  if (!chain || !sequence || !(rest.empty() || rest.front() == ',')) {
    return std::nullopt;
  }
  claimed.sequence = *sequence;
  claimed.chain = *std::move(chain);
  if (HasExtras(rest)) {
    auto extras = ReadExtras(line);
    if (!extras) return std::nullopt;
    claimed.extras = *std::move(extras);
  }
  return claimed;
}

}  // namespace assay
