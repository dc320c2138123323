// What the entries of an image layout's index.json say of themselves.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_ANNOTATIONS_H_
#define ASSAY_IO_LAYOUT_LAYOUT_ANNOTATIONS_H_

#include <string>
#include <string_view>

#include "core/subject/descriptor.h"

namespace assay {

inline constexpr std::string_view kRefNameAnnotation =
    "org.opencontainers.image.ref.name";
inline constexpr std::string_view kKindAnnotation = "kind";  // cosign's

// "" where it says nothing. The answer lives as long as `root`.
inline std::string_view Annotation(const Descriptor& root,
                                   std::string_view key) {
  const auto found = root.annotations.find(std::string(key));
  return found == root.annotations.end() ? std::string_view() : found->second;
}

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_ANNOTATIONS_H_
