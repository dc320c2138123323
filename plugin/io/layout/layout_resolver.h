// LayoutResolver: the Subject of an image that lies as files on this machine.
// Whatever the layout calls it selects no rule: the asker says which name it
// will have.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_RESOLVER_H_
#define ASSAY_IO_LAYOUT_LAYOUT_RESOLVER_H_

#include "core/question/resolver.h"
#include "io/layout/local_image.h"

namespace assay {

class LayoutResolver : public Resolver {
 public:
  // Borrows the image, which must outlive it.
  explicit LayoutResolver(const LocalImage& image) : image_(image) {}

  // Resolves a ReferenceClaim, whose reference is the name the image will have;
  // a digest in it must be the image's. Of an index the member for the claim's
  // platform is taken, an empty one being this machine's. Errors:
  // kManifestMissing, kManifestMalformed, kManifestUnsupported,
  // kManifestDigestMismatch, kConfigMissing, kConfigDigestMismatch,
  // kConfigMalformed, kPlatformMissing, those of LocalImage, and kInternal for
  // other claims.
  Result<Subject> Resolve(const Question& question) override;

 private:
  const LocalImage& image_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_RESOLVER_H_
