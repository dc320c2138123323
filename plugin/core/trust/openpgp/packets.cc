#include "core/trust/openpgp/packets.h"

#include <utility>

namespace assay {
namespace {

Error MalformedPackets(std::string detail) {
  return Fail(Reason::kOpenpgpMalformed, std::move(detail));
}

struct Length {
  std::uint32_t bytes = 0;
  bool partial = false;  // another length follows these bytes
};

// Section 4.2.2.
std::optional<Length> TakeNewLength(OpenpgpCursor& cursor) {
  constexpr std::uint32_t kTwoOctets = 192;
  constexpr std::uint32_t kPartial = 224;
  constexpr std::uint32_t kFiveOctets = 255;
  const auto first = cursor.Number(1);
  if (!first) return std::nullopt;
  if (*first < kTwoOctets) return Length{*first, false};
  if (*first < kPartial) {
    const auto second = cursor.Number(1);
    if (!second) return std::nullopt;
    return Length{((*first - kTwoOctets) << 8U) + *second + kTwoOctets, false};
  }
  if (*first < kFiveOctets) return Length{1U << (*first & 0x1fU), true};
  const auto all = cursor.Number(4);
  if (!all) return std::nullopt;
  return Length{*all, false};
}

std::optional<std::string> TakeNewBody(OpenpgpCursor& cursor, unsigned tag) {
  std::string body;
  for (;;) {
    const auto length = TakeNewLength(cursor);
    if (!length) return std::nullopt;
    const bool data = tag == kOpenpgpLiteralTag || tag == kOpenpgpCompressedTag;
    if (length->partial && !data) return std::nullopt;
    const auto part = cursor.Take(length->bytes);
    if (!part) return std::nullopt;
    body += *part;
    if (!length->partial) return body;
  }
}

// Section 4.2.1. What says no length goes on to the end.
std::optional<std::string> TakeOldBody(OpenpgpCursor& cursor, unsigned tag,
                                       unsigned length_type) {
  constexpr unsigned kIndeterminate = 3;
  std::size_t size = cursor.size();
  if (length_type == kIndeterminate) {
    if (tag != kOpenpgpCompressedTag) return std::nullopt;
  } else {
    const auto number = cursor.Number(std::size_t{1} << length_type);
    if (!number) return std::nullopt;
    size = *number;
  }
  const auto body = cursor.Take(size);
  if (!body) return std::nullopt;
  return std::string(*body);
}

std::optional<OpenpgpPacket> TakePacket(OpenpgpCursor& cursor) {
  const auto head = cursor.Number(1);
  if (!head || (*head & 0x80U) == 0) return std::nullopt;
  const bool is_new = (*head & 0x40U) != 0;
  const unsigned tag = is_new ? *head & 0x3fU : (*head >> 2U) & 0x0fU;
  auto body =
      is_new ? TakeNewBody(cursor, tag) : TakeOldBody(cursor, tag, *head & 3U);
  if (!body) return std::nullopt;
  return OpenpgpPacket{tag, *std::move(body)};
}

}  // namespace

Result<std::vector<OpenpgpPacket>> ReadOpenpgpPackets(std::string_view bytes,
                                                      std::size_t most) {
  std::vector<OpenpgpPacket> packets;
  OpenpgpCursor cursor(bytes);
  while (!cursor.empty()) {
    if (packets.size() == most)
      return MalformedPackets("it has too many packets");
    auto packet = TakePacket(cursor);
    if (!packet) {
      return MalformedPackets("what follows packet " +
                              std::to_string(packets.size()) + " is none");
    }
    packets.push_back(*std::move(packet));
  }
  return packets;
}

}  // namespace assay
