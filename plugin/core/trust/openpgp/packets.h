// The packets that stand one after the other in some bytes (RFC 4880 section
// 4), whatever they are. Only the .cc files of this folder include it.
#ifndef ASSAY_CORE_TRUST_OPENPGP_PACKETS_H_
#define ASSAY_CORE_TRUST_OPENPGP_PACKETS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// Tags, RFC 4880 section 4.3.
inline constexpr unsigned kOpenpgpSignatureTag = 2;
inline constexpr unsigned kOpenpgpOnePassTag = 4;
inline constexpr unsigned kOpenpgpCompressedTag = 8;
inline constexpr unsigned kOpenpgpLiteralTag = 11;

struct OpenpgpPacket {
  unsigned tag = 0;
  std::string body;  // without length headers, of parts joined
};

// Bytes that are taken from the front; nullopt when there are too few.
class OpenpgpCursor {
 public:
  explicit OpenpgpCursor(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::size_t size() const { return rest_.size(); }

  std::optional<std::string_view> Take(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  // Big-endian, of at most four bytes.
  std::optional<std::uint32_t> Number(std::size_t size) {
    const auto bytes = Take(size);
    if (!bytes) return std::nullopt;
    std::uint32_t number = 0;
    for (const char c : *bytes) {
      number = number << 8U | static_cast<unsigned char>(c);
    }
    return number;
  }

 private:
  std::string_view rest_;
};

// Of a message that passes there are three; more are read to say what it is.
inline constexpr std::size_t kMostOpenpgpPackets = 8;

// All of `bytes`, to their last. Error: kOpenpgpMalformed, also for more than
// `most`.
Result<std::vector<OpenpgpPacket>> ReadOpenpgpPackets(
    std::string_view bytes, std::size_t most = kMostOpenpgpPackets);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_PACKETS_H_
