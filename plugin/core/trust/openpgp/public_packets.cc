#include "core/trust/openpgp/public_packets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "core/trust/openpgp/packets.h"

namespace assay {
namespace {

constexpr std::size_t kMostKeyPackets = 10'000;

// Of a key that may be shown: what signs it, itself, its owner's names and
// pictures, and its subkeys.
constexpr unsigned kPublicKeyTag = 6;
constexpr std::array<unsigned, 5> kPublicTags = {kOpenpgpSignatureTag,
                                                 kPublicKeyTag, 13, 14, 17};

bool ArePublicPackets(std::string_view bytes) {
  const auto packets = ReadOpenpgpPackets(bytes, kMostKeyPackets);
  return packets && !packets->empty() &&
         packets->front().tag == kPublicKeyTag &&
         std::all_of(packets->begin(), packets->end(),
                     [](const OpenpgpPacket& packet) {
                       return std::find(kPublicTags.begin(), kPublicTags.end(),
                                        packet.tag) != kPublicTags.end();
                     });
}

// Lines without what ends them, blanks included.
class ArmorLines {
 public:
  explicit ArmorLines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> Next() {
    if (rest_.empty()) return std::nullopt;
    const auto end = rest_.find('\n');
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    const auto last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == line.npos ? 0 : last + 1);
  }

 private:
  std::string_view rest_;
};

// What a block holds after its first line; its headers and its checksum are
// passed over.
std::optional<std::string> TakeBlock(ArmorLines& lines) {
  auto line = lines.Next();
  while (line && line->find(": ") != line->npos) line = lines.Next();
  if (!line || !line->empty()) return std::nullopt;
  std::string digits;
  for (line = lines.Next(); line && !line->starts_with('-');
       line = lines.Next()) {
    const bool is_checksum = line->size() == 5 && line->front() == '=';
    if (!is_checksum) digits += *line;
  }
  if (line != "-----END PGP PUBLIC KEY BLOCK-----") return std::nullopt;
  return Base64Decode(digits);
}

bool ArePublicBlocks(std::string_view text) {
  ArmorLines lines(text);
  bool any = false;
  while (const auto line = lines.Next()) {
    if (line->empty()) continue;
    if (line != "-----BEGIN PGP PUBLIC KEY BLOCK-----") return false;
    const auto bytes = TakeBlock(lines);
    if (!bytes || !ArePublicPackets(*bytes)) return false;
    any = true;
  }
  return any;
}

}  // namespace

bool HoldsPublicOpenpgpKeys(std::string_view file) {
  if (file.empty()) return false;
  const bool binary = (static_cast<unsigned char>(file.front()) & 0x80U) != 0;
  return binary ? ArePublicPackets(file) : ArePublicBlocks(file);
}

}  // namespace assay
