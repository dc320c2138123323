// Property: of a message that passes, the content stands in the message as it
// is or unpacked, so that it is never longer than the cap; the signature is one
// packet whose length is its own; and the same message with anything behind it
// does not pass.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "core/trust/openpgp/packet_walk.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Of a packet with a header of five octets.
std::size_t LengthIn(const std::string& packet) {
  std::size_t length = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    length = length << 8U | static_cast<unsigned char>(packet.at(i));
  }
  return length;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto walked = assay::WalkOpenpgpMessage(input);
  if (!walked) return 0;
  Require(walked->content.size() <= assay::limits::kSimpleSigningBytes);
  Require(walked->signature.starts_with("\xc2\xff"));
  Require(LengthIn(walked->signature) == walked->signature.size() - 6);
  Require(!assay::WalkOpenpgpMessage(input + "x"));
  Require(!assay::WalkOpenpgpMessage(input + "\xcb"));
  Require(!assay::WalkOpenpgpMessage(input + input));
  Require(!assay::WalkOpenpgpMessage(walked->signature));
  return 0;
}
