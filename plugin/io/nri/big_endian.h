// 32 bits, most significant byte first, as both framings of NRI have them.
#ifndef ASSAY_IO_NRI_BIG_ENDIAN_H_
#define ASSAY_IO_NRI_BIG_ENDIAN_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// Of the first four bytes, which must be there.
inline std::uint32_t BigEndian32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

inline void AppendBigEndian32(std::uint32_t value, std::string& bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace assay

#endif  // ASSAY_IO_NRI_BIG_ENDIAN_H_
