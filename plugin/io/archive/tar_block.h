// The header block of a tar archive (POSIX, pax, "ustar Header Block") and the
// records of a pax header, as Go's archive/tar reads them: it unpacks layers in
// every container runtime, so what it makes of a header is what counts.
#ifndef ASSAY_IO_ARCHIVE_TAR_BLOCK_H_
#define ASSAY_IO_ARCHIVE_TAR_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace assay {

inline constexpr std::size_t kTarBlock = 512;
using TarBlock = std::array<char, kTarBlock>;

struct TarField {
  std::size_t offset;
  std::size_t length;
};
inline constexpr TarField kTarName{0, 100};
inline constexpr TarField kTarMode{100, 8};
inline constexpr TarField kTarOwner{108, 8};
inline constexpr TarField kTarGroup{116, 8};
inline constexpr TarField kTarSize{124, 12};
inline constexpr TarField kTarTime{136, 12};
inline constexpr TarField kTarChecksum{148, 8};
inline constexpr TarField kTarType{156, 1};
inline constexpr TarField kTarLink{157, 100};
inline constexpr TarField kTarMagic{257, 8};
inline constexpr TarField kTarDeviceMajor{329, 8};
inline constexpr TarField kTarDeviceMinor{337, 8};
inline constexpr TarField kTarPrefix{345, 155};

// Up to the first NUL.
std::string_view TarText(const TarBlock& block, TarField field);

// Octal digits amid spaces and NULs, or base 256 (GNU) where the first bit is
// set; an empty field is zero. nullopt for anything else, for a negative number
// and for one beyond 63 bits.
std::optional<std::uint64_t> TarNumber(const TarBlock& block, TarField field);

// The sum of the block's bytes with its own field as spaces.
std::uint64_t TarChecksum(const TarBlock& block);
bool IsZero(const TarBlock& block);
// Rounded up to whole blocks.
std::uint64_t TarPadded(std::uint64_t size);

// Calls `take` with the key and value of each record "<length> <key>=<value>\n"
// until it returns false. False then, and where the records are malformed.
bool ForEachPaxRecord(
    std::string_view records,
    const std::function<bool(std::string_view, std::string_view)>& take);

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_TAR_BLOCK_H_
