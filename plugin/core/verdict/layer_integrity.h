// LayerIntegrity: the port that says whether the layer blobs on this node are
// the ones a verified manifest names, and the files that were unpacked from
// them. Implemented by io/layers and io/rootfs.
#ifndef ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_
#define ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "core/subject/manifest.h"
#include "core/subject/subject.h"

namespace assay {

class LayerIntegrity {
 public:
  virtual ~LayerIntegrity() = default;
  // Thread-safe. `blob_dir` holds <algorithm>/<hex>. Errors:
  // kLayerDigestMismatch (names the layer), kLayerMissing, kLayerUnreadable,
  // kLayerPending when the deadline passes while hashing goes on.
  virtual Status Check(const ImageManifest& manifest,
                       const std::string& blob_dir, Deadline deadline) = 0;

  // Thread-safe. Whether subject.layer_dirs hold the files of the manifest's
  // layers, of which `Check` has been asked. Errors: kRootfsFileChanged,
  // kRootfsFileExtra, kRootfsFileMissing (name layer and file),
  // kRootfsLayerMismatch, kRootfsUnsupported, kRootfsUnreadable,
  // kLayerMissing, kLayerUnreadable, those of reading the configuration;
  // kRootfsPending when the deadline passes
  // while comparing goes on. Who cannot tell says so.
  virtual Status CheckUnpacked(const ImageManifest& /*manifest*/,
                               const Subject& /*subject*/,
                               Deadline /*deadline*/) {
    return Fail(Reason::kRootfsUnsupported, "not on this node");
  }

  // Thread-safe. Whether subject.split_layers, which are not empty, have the
  // files that the configuration names. Errors: kRootfsLayerMismatch (names the
  // layer), kRootfsUnsupported, kRootfsUnreadable, kLayerMissing,
  // kLayerUnreadable; kRootfsPending when the deadline passes while reading
  // goes on. Who cannot tell says so.
  virtual Status CheckSplit(const Subject& /*subject*/, Deadline /*deadline*/) {
    return Fail(Reason::kRootfsUnsupported, "not on this node");
  }
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_LAYER_INTEGRITY_H_
