#include "core/trust/openpgp/packet_walk.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "core/trust/openpgp/inflate.h"
#include "core/trust/openpgp/packets.h"

namespace assay {
namespace {

// Tags, RFC 4880 section 4.3.
constexpr unsigned kEncryptedKey = 1;
constexpr unsigned kEncryptedSessionKey = 3;
constexpr unsigned kEncrypted = 9;
constexpr unsigned kEncryptedProtected = 18;

constexpr std::string_view kContainerPrefix{"\0simple-signing\n", 16};
constexpr std::size_t kOnePassBytes = 13;

Error MalformedMessage(std::string detail) {
  return Fail(Reason::kOpenpgpMalformed, std::move(detail));
}

// That the bytes begin as a message does and not as one of its other forms.
Status CheckForm(std::string_view bytes) {
  if (bytes.empty()) return MalformedMessage("it is empty");
  if (bytes.starts_with('-')) {
    return Fail(Reason::kOpenpgpForm, "it is armored or signed as clear text");
  }
  if ((static_cast<unsigned char>(bytes.front()) & 0x80U) == 0) {
    return MalformedMessage("it does not begin with a packet");
  }
  return Ok();
}

std::size_t CountTag(const std::vector<OpenpgpPacket>& packets, unsigned tag) {
  return static_cast<std::size_t>(std::count_if(
      packets.begin(), packets.end(),
      [&](const OpenpgpPacket& packet) { return packet.tag == tag; }));
}

bool IsEncrypted(const OpenpgpPacket& packet) {
  return packet.tag == kEncryptedKey || packet.tag == kEncryptedSessionKey ||
         packet.tag == kEncrypted || packet.tag == kEncryptedProtected;
}

// Which of the forms that do not pass this one is.
Error WrongSequence(const std::vector<OpenpgpPacket>& packets) {
  if (std::any_of(packets.begin(), packets.end(), IsEncrypted)) {
    return Fail(Reason::kOpenpgpForm, "it is encrypted");
  }
  const auto literals = CountTag(packets, kOpenpgpLiteralTag);
  const auto signatures = CountTag(packets, kOpenpgpSignatureTag);
  if (literals > 1) {
    return Fail(Reason::kOpenpgpUnsigned, "it has " + std::to_string(literals) +
                                              " contents, one is signed");
  }
  if (signatures > 1 || CountTag(packets, kOpenpgpOnePassTag) > 1) {
    return Fail(Reason::kOpenpgpSignatures,
                "it has " + std::to_string(signatures));
  }
  if (literals == 1 && signatures == 0) {
    return Fail(Reason::kOpenpgpUnsigned, "it has no signature");
  }
  if (CountTag(packets, kOpenpgpCompressedTag) != 0) {
    return MalformedMessage("it is compressed twice, or beside something else");
  }
  if (literals == 0 && signatures == 1) {
    return Fail(Reason::kOpenpgpForm, "it is a detached signature");
  }
  return MalformedMessage(
      "its packets are not a signature's, a content and a signature");
}

// The packets, out of the one compressed packet that may be around them.
Result<std::vector<OpenpgpPacket>> UnpackedPackets(std::string_view bytes) {
  constexpr char kZip = 1;
  constexpr char kZlib = 2;
  auto packets = ReadOpenpgpPackets(bytes);
  if (!packets) return packets;
  if (packets->size() != 1 || packets->front().tag != kOpenpgpCompressedTag) {
    return packets;
  }
  const std::string& body = packets->front().body;
  const char algorithm = body.empty() ? '\0' : body.front();
  if (algorithm != kZip && algorithm != kZlib) {
    return MalformedMessage(
        "it is compressed by other means than ZIP and ZLIB");
  }
  const auto inner =
      Inflate(std::string_view(body).substr(1),
              algorithm == kZip ? Deflated::kRaw : Deflated::kZlib,
              limits::kOpenpgpMessageBytes);
  if (!inner) return inner.error();
  return ReadOpenpgpPackets(*inner);
}

// What one-pass and signature packets say alike.
struct SignatureHead {
  unsigned type = 0;
  unsigned key_algorithm = 0;
  unsigned hash = 0;

  friend bool operator==(const SignatureHead&, const SignatureHead&) = default;
};

// Section 5.4.
std::optional<SignatureHead> HeadOfOnePass(std::string_view body) {
  const auto at = [&](std::size_t index) {
    return static_cast<unsigned>(static_cast<unsigned char>(body[index]));
  };
  // The last byte is zero where another one-pass packet is to follow.
  if (body.size() != kOnePassBytes || at(0) != 3 || at(12) == 0) {
    return std::nullopt;
  }
  return SignatureHead{at(1), at(3), at(2)};
}

// Sections 5.2.2 and 5.2.3.
std::optional<SignatureHead> HeadOfSignature(std::string_view body) {
  constexpr std::size_t kVersion3Bytes = 19;
  constexpr std::size_t kVersion4Bytes = 10;
  const auto at = [&](std::size_t index) {
    return static_cast<unsigned>(static_cast<unsigned char>(body[index]));
  };
  if (body.size() >= kVersion3Bytes && at(0) == 3 && at(1) == 5) {
    return SignatureHead{at(2), at(15), at(16)};
  }
  if (body.size() >= kVersion4Bytes && at(0) == 4) {
    return SignatureHead{at(1), at(2), at(3)};
  }
  return std::nullopt;
}

Status CheckHeads(const OpenpgpPacket& one_pass,
                  const OpenpgpPacket& signature) {
  constexpr unsigned kBinary = 0;
  constexpr unsigned kSha256 = 8;
  constexpr unsigned kSha512 = 10;  // and 9, SHA-384
  const auto announced = HeadOfOnePass(one_pass.body);
  const auto made = HeadOfSignature(signature.body);
  if (!announced || !made)
    return MalformedMessage("a signature packet is damaged");
  if (*announced != *made) {
    return MalformedMessage("the signature is not the one that is announced");
  }
  if (made->type != kBinary)
    return MalformedMessage("the signature is over no binary data");
  if (made->hash < kSha256 || made->hash > kSha512) {
    return Fail(Reason::kSignatureHash,
                "hash algorithm " + std::to_string(made->hash));
  }
  return Ok();
}

// Section 5.9.
Result<std::string> ContentOf(const OpenpgpPacket& literal) {
  constexpr std::size_t kTimeBytes = 4;
  OpenpgpCursor cursor(literal.body);
  const auto kind = cursor.Take(1);
  const auto name_size = cursor.Number(1);
  if (!kind || !name_size || !cursor.Take(*name_size) ||
      !cursor.Take(kTimeBytes)) {
    return MalformedMessage("the content's packet is damaged");
  }
  if (*kind != "b")
    return MalformedMessage("the content is not said to be binary");
  if (cursor.size() > limits::kSimpleSigningBytes) {
    return Fail(Reason::kTooLarge, "the signed content");
  }
  return std::string(*cursor.Take(cursor.size()));
}

std::string WithHeader(const std::string& signature) {
  std::string packet = {static_cast<char>(0xc2), static_cast<char>(0xff)};
  for (int shift = 24; shift >= 0; shift -= 8) {
    packet += static_cast<char>(signature.size() >> shift & 0xffU);
  }
  return packet + signature;
}

}  // namespace

Result<UntrustedOpenpgpMessage> WalkOpenpgpMessage(std::string_view bytes) {
  if (bytes.size() > limits::kOpenpgpMessageBytes) {
    return Fail(Reason::kTooLarge, "the signature");
  }
  if (bytes.starts_with(kContainerPrefix)) {
    bytes.remove_prefix(kContainerPrefix.size());
  }
  if (auto form = CheckForm(bytes); !form) return form.error();
  const auto packets = UnpackedPackets(bytes);
  if (!packets) return packets.error();
  if (packets->size() != 3 || (*packets)[0].tag != kOpenpgpOnePassTag ||
      (*packets)[1].tag != kOpenpgpLiteralTag ||
      (*packets)[2].tag != kOpenpgpSignatureTag) {
    return WrongSequence(*packets);
  }
  auto heads = CheckHeads((*packets)[0], (*packets)[2]);
  if (!heads) return heads.error();
  auto content = ContentOf((*packets)[1]);
  if (!content) return content.error();
  return UntrustedOpenpgpMessage{*std::move(content),
                                 WithHeader((*packets)[2].body)};
}

}  // namespace assay
