// Caps on what a runtime sends over NRI; base/limits.h holds all others.
#ifndef ASSAY_IO_NRI_LIMITS_H_
#define ASSAY_IO_NRI_LIMITS_H_

#include <cstddef>

namespace assay::limits {

// NRI 0.3 makes frames of up to 16 MiB, later ones 4 MiB and a header.
inline constexpr std::size_t kNriFrameBytes = (16U << 20) + 4096;
inline constexpr std::size_t kNriMessageBytes = 4U << 20;  // ttrpc's own
inline constexpr std::size_t kNriTextBytes = 1024;         // an id, a name
inline constexpr std::size_t kNriContainers = 32'768;      // of one node

}  // namespace assay::limits

#endif  // ASSAY_IO_NRI_LIMITS_H_
