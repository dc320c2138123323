// Messages of protocol buffers written by hand, also such that no library
// would write.
#ifndef ASSAY_TESTS_SUPPORT_WIRE_WRITER_H_
#define ASSAY_TESTS_SUPPORT_WIRE_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::testing {

inline std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value > 0x7F; value >>= 7U) {
    bytes.push_back(static_cast<char>(value | 0x80U));
  }
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

// A field of counted bytes: a text or a message.
inline std::string Counted(std::uint32_t number, std::string_view bytes) {
  return Varint(std::uint64_t{number} << 3U | 2U) + Varint(bytes.size()) +
         std::string(bytes);
}

inline std::string Number(std::uint32_t number, std::uint64_t value) {
  return Varint(std::uint64_t{number} << 3U) + Varint(value);
}

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_WIRE_WRITER_H_
