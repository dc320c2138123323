// LocalImage: what lies in a local image, by digest. Nothing in it is trusted:
// every byte that leaves here was hashed, and names and annotations select
// nothing but which of several images is meant.
#ifndef ASSAY_IO_LAYOUT_LOCAL_IMAGE_H_
#define ASSAY_IO_LAYOUT_LOCAL_IMAGE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/subject/descriptor.h"
#include "io/layout/layout_files.h"
#include "io/layout/local_reference.h"

namespace assay {

// Thread-safe.
class LocalImage {
 public:
  // Errors: those of LayoutFiles, kManifestMalformed, kManifestMissing (no
  // layout at all).
  static Result<LocalImage> Open(const LocalReference& reference);

  const LocalReference& reference() const { return reference_; }
  // What index.json lists; of a dir: its one manifest.
  const std::vector<Descriptor>& roots() const { return roots_; }

  // The root that the reference means. Errors: kManifestMissing (none of that
  // name), kReferenceMalformed (none is named, and there are several).
  Result<Digest> Chosen() const;

  // Bytes that hash to the digest. Errors: kNotFound, kEvidenceTampered (they
  // do not), and those of LayoutFile.
  Result<std::string> Read(const Digest& digest, std::size_t most) const;
  // That the bytes of a layer have its digest and size. Errors:
  // kLayerDigestMismatch, kLayerMissing, kLayerUnreadable, kLayerPending.
  Status CheckLayer(const Descriptor& layer, Deadline deadline,
                    const std::function<void(std::uint64_t)>& progress) const;

  // Small blobs that no index need list, for who looks for referrers.
  Result<std::vector<Digest>> SmallBlobs() const;
  // The files <prefix>signature-1, <prefix>signature-2 ... of a dir:; none of
  // others. An error stands for a file that could not be read.
  std::vector<Result<std::string>> SignatureFiles(
      const std::string& prefix) const;

 private:
  LocalImage(LocalReference reference, std::unique_ptr<LayoutFiles> files)
      : reference_(std::move(reference)), files_(std::move(files)) {}

  Status ReadRoots();
  Status ReadDirRoot();
  Result<LayoutFile> OpenBlob(const Digest& digest) const;
  bool RefersToAnother(const Digest& digest) const;

  LocalReference reference_;
  std::unique_ptr<LayoutFiles> files_;
  std::vector<Descriptor> roots_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LOCAL_IMAGE_H_
