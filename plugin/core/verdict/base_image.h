// BaseImage: an image that may lie below another, every byte re-hashed, and
// the question whether it does: pure comparison of diff IDs.
#ifndef ASSAY_CORE_VERDICT_BASE_IMAGE_H_
#define ASSAY_CORE_VERDICT_BASE_IMAGE_H_

#include <map>
#include <string>
#include <vector>

#include "core/subject/subject.h"
#include "core/verdict/base_source.h"

namespace assay {

struct BaseImage {
  SignableImage image;
  std::vector<Digest> diff_ids;
  std::map<Digest, std::string> documents;  // as Subject::documents

  // An index that does not hash to its digest or does not list the manifest is
  // left out. Errors: kManifestDigestMismatch, kConfigDigestMismatch and those
  // of ImageManifest::Parse and ImageConfig::Parse.
  static Result<BaseImage> Open(UntrustedBase base);

  // Every digest a signature may be bound to.
  std::vector<Digest> SignableDigests() const;
};

// True when `base` is not empty and all of it is the beginning of `image`; the
// two may be equal.
bool LiesBelow(const std::vector<Digest>& base,
               const std::vector<Digest>& image);

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_BASE_IMAGE_H_
