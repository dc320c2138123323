// LayoutLayers: hashes the layers of a local image where they lie.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_LAYERS_H_
#define ASSAY_IO_LAYOUT_LAYOUT_LAYERS_H_

#include <cstdint>
#include <functional>

#include "core/verdict/layer_integrity.h"
#include "io/layout/local_image.h"

namespace assay {

class LayoutLayers : public LayerIntegrity {
 public:
  // Told of bytes so far and all bytes.
  using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

  // Borrows the image, which must outlive it.
  LayoutLayers(const LocalImage& image, Progress progress)
      : image_(image), progress_(std::move(progress)) {}

  // As the port says, but the layers are the image's whatever `blob_dir` says.
  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline) override;

 private:
  const LocalImage& image_;
  Progress progress_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_LAYERS_H_
