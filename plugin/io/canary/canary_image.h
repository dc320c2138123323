// CanaryImage: an image that nobody signed and nobody has seen before, and that
// cannot run: its root file system is empty, so a runtime that takes it fails
// to find the program. Made in memory (OCI image specification).
#ifndef ASSAY_IO_CANARY_CANARY_IMAGE_H_
#define ASSAY_IO_CANARY_CANARY_IMAGE_H_

#include <array>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace assay {

// The program that is not there: a message with this name in it comes from a
// runtime that tried to start it.
inline constexpr std::string_view kCanaryProgram = "/assay-canary";

struct CanaryBlob {
  std::string media_type;
  std::string bytes;
  Digest digest;
};

struct CanaryImage {
  std::string tag;  // random, hexadecimal
  CanaryBlob layer;
  CanaryBlob config;
  CanaryBlob manifest;

  static CanaryImage Make();

  std::array<const CanaryBlob*, 3> Blobs() const {
    return {&layer, &config, &manifest};
  }
};

}  // namespace assay

#endif  // ASSAY_IO_CANARY_CANARY_IMAGE_H_
