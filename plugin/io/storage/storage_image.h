// An image of a store, bound: its configuration, the chain of its layers and
// its manifests, every document re-hashed.
#ifndef ASSAY_IO_STORAGE_STORAGE_IMAGE_H_
#define ASSAY_IO_STORAGE_STORAGE_IMAGE_H_

#include <string>
#include <vector>

#include "core/subject/subject.h"
#include "io/storage/store.h"

namespace assay {

// The configuration of the image with this id, whose bytes hash to the id.
// Errors: kConfigDigestMismatch, kConfigMissing, kConfigMalformed;
// kSubjectStorage for an image that is identified otherwise (pulled in parts by
// a table of contents, or of schema 1).
Result<std::string> StorageConfig(const StoreFiles& files,
                                  const std::string& id,
                                  const StorageImage& image);

// A subject without names and workload, and its layers' ids, base first.
struct BoundImage {
  Subject subject;
  std::vector<std::string> layers;
};

// The image with this id, whose topmost layer is `top` or has that as an
// id-mapped copy. The layers below are those of the configuration, by their
// ids, parents and diff digests; its manifests are those that lead to it, with
// the indexes that list them. Errors: those of StorageConfig; kSubjectUnbound,
// kSubjectStorage, kManifestMissing, kManifestDigestMismatch,
// kManifestMalformed, kManifestUnsupported.
Result<BoundImage> BindStorageImage(const StoreView& view,
                                    const StoreFiles& files,
                                    const std::string& id,
                                    const std::string& top);

// The names that may select a rule: `requested` alone when the store holds the
// image under it, else all names of the image; one with a digest counts only
// when that is a digest of the subject. Errors: kSubjectNoName.
Result<std::vector<Reference>> StorageNames(const StorageImage& image,
                                            const std::string& requested,
                                            const Subject& subject);

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_STORAGE_IMAGE_H_
