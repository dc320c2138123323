#include "core/trust/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/merkle.h"

namespace assay {
namespace {

constexpr std::string_view kSignatureMark = "\u2014 ";  // an em dash
constexpr std::size_t kHintBytes = 4;
constexpr std::size_t kBodyLines = 3;  // at least: origin, size, root

Error MalformedCheckpoint(std::string detail) {
  return Fail(Reason::kCheckpointMalformed, std::move(detail));
}

// Lines that all end in a newline.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
}

// Decimal without sign or leading zero.
std::optional<std::int64_t> ParseSize(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool plain =
      !text.empty() && text[0] != '-' && (text[0] != '0' || text.size() == 1);
  if (!plain || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<NoteSignature> ParseSignature(std::string_view line) {
  if (!line.starts_with(kSignatureMark)) return std::nullopt;
  line.remove_prefix(kSignatureMark.size());
  const auto space = line.find(' ');
  if (space == 0 || space == line.npos) return std::nullopt;
  const auto bytes = Base64Decode(line.substr(space + 1));
  if (!bytes || bytes->size() <= kHintBytes) return std::nullopt;
  return NoteSignature{std::string(line.substr(0, space)),
                       bytes->substr(0, kHintBytes), bytes->substr(kHintBytes)};
}

Status ReadBody(Checkpoint& checkpoint) {
  const auto lines = Lines(checkpoint.body);
  if (lines.size() < kBodyLines || lines[0].empty()) {
    return MalformedCheckpoint("it has no origin, size and root");
  }
  const auto size = ParseSize(lines[1]);
  if (!size) return MalformedCheckpoint("its size is no number");
  auto root = Base64Decode(lines[2]);
  if (!root || root->size() != kMerkleHashBytes) {
    return MalformedCheckpoint("its root is no hash");
  }
  checkpoint.origin = lines[0];
  checkpoint.tree_size = *size;
  checkpoint.root = *std::move(root);
  return Ok();
}

}  // namespace

Result<Checkpoint> Checkpoint::Parse(std::string_view note) {
  if (note.size() > limits::kCheckpointBytes)
    return MalformedCheckpoint("it is too big");
  if (!note.ends_with('\n') || HasControl(note) || !IsUtf8(note)) {
    return MalformedCheckpoint("it is no text of whole lines");
  }
  const auto gap = note.rfind("\n\n");
  if (gap == note.npos) return MalformedCheckpoint("it has no signature");
  Checkpoint checkpoint;
  checkpoint.body = note.substr(0, gap + 1);
  if (const auto read = ReadBody(checkpoint); !read) return read.error();
  for (const auto line : Lines(note.substr(gap + 2))) {
    auto signature = ParseSignature(line);
    if (!signature) return MalformedCheckpoint("a signature line is malformed");
    if (checkpoint.signatures.size() == limits::kCheckpointSignatures) {
      return MalformedCheckpoint("it has too many signatures");
    }
    checkpoint.signatures.push_back(*std::move(signature));
  }
  if (checkpoint.signatures.empty())
    return MalformedCheckpoint("it has no signature");
  return checkpoint;
}

}  // namespace assay
