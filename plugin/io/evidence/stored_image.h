// An image's own documents in the evidence store: its manifest and the indexes
// that list it, as the layers of an OCI manifest of ours. They lie beside the
// image's signatures, travel and go with them, and are as little believed:
// whoever reads them hashes them again. So `assay verify REF@DIGEST --offline`
// has what it decides about.
#ifndef ASSAY_IO_EVIDENCE_STORED_IMAGE_H_
#define ASSAY_IO_EVIDENCE_STORED_IMAGE_H_

#include <map>
#include <string>

#include "core/question/resolver.h"
#include "core/subject/subject.h"
#include "io/evidence/evidence_store.h"

namespace assay {

inline constexpr std::string_view kStoredImageType =
    "application/vnd.assay.image.v1";

// Adds the subject's documents to what is stored for each of its digests.
// Errors: those of EvidenceStore::Put.
Status StoreImage(EvidenceStore& store, const Subject& subject, Time now);

// Resolves references by digest from the store. A tag is what a registry says
// at a time; what the store remembers of it would be a claim that picks an
// image, so it is not asked.
class StoredImageResolver : public Resolver {
 public:
  // Borrows the store, which must outlive it.
  explicit StoredImageResolver(const EvidenceStore& store) : store_(store) {}

  // Errors: kManifestMissing (says how to have it stored), those of
  // EvidenceStore::Read and ResolveReference, and kInternal for other claims
  // than references.
  Result<Subject> Resolve(const Question& question) override;

 private:
  const EvidenceStore& store_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_STORED_IMAGE_H_
