// Carrying evidence to a node that cannot reach the registry: the artifacts of
// chosen images as an OCI image layout, in a folder or in a tar (oci-archive).
#ifndef ASSAY_IO_EVIDENCE_EVIDENCE_ARCHIVE_H_
#define ASSAY_IO_EVIDENCE_EVIDENCE_ARCHIVE_H_

#include <string>
#include <vector>

#include "io/evidence/evidence_store.h"

namespace assay {

struct ExportReport {
  std::size_t images = 0;
  std::size_t artifacts = 0;
};

// With the images go the bases that are kept with them, and their signatures.
// Writes a new tar, or into a folder when `path` ends in a slash. Errors:
// kNoSignature for an image without stored artifacts, kEvidenceTampered (what
// is damaged is not passed on), kEvidenceTooMany, kWriteFailed, kDiskFull.
Result<ExportReport> ExportEvidence(const EvidenceStore& store,
                                    const std::vector<Digest>& images,
                                    const std::string& path);

struct ImportReport {
  std::size_t images = 0;
  std::size_t artifacts = 0;
  std::vector<Error> refused;  // entries that did not verify or fit
};

// Adds everything in a tar or folder that hashes to what it says. The archive
// is as hostile as a registry: one that is no layout, or no honest tar, is
// refused as a whole (kArchiveMalformed, kArchiveUnsafe).
Result<ImportReport> ImportEvidence(EvidenceStore& store,
                                    const std::string& path);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_EVIDENCE_ARCHIVE_H_
