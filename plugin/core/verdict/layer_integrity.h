// LayerIntegrity: the port that says whether the layer blobs on this node are
// the ones a verified manifest names. Implemented by io/layers.
#ifndef ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_
#define ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "core/subject/manifest.h"

namespace assay {

class LayerIntegrity {
 public:
  virtual ~LayerIntegrity() = default;
  // Thread-safe. `blob_dir` holds <algorithm>/<hex>. Errors:
  // kLayerDigestMismatch (names the layer), kLayerMissing, kLayerUnreadable,
  // kLayerPending when the deadline passes while hashing goes on.
  virtual Status Check(const ImageManifest& manifest,
                       const std::string& blob_dir, Deadline deadline) = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_
