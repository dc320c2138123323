// TargetRecord: what the evidence store knows of one image: which artifacts
// were found for it, where and when. On disk it is an OCI image index, one
// small file per image; each entry is the artifact's descriptor with these
// annotations:
//   vnd.assay.evidence.target      digest of the image it was found for
//   vnd.assay.evidence.origin      "cosign-tag", "referrer" ... (OriginName)
//   vnd.assay.evidence.where       "registry.example.com/app:sha256-ab.sig"
//   vnd.assay.evidence.fetched-at  seconds since 1970, decimal
#ifndef ASSAY_IO_EVIDENCE_TARGET_RECORD_H_
#define ASSAY_IO_EVIDENCE_TARGET_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/evidence/untrusted_artifact.h"

namespace assay {

struct ArtifactRecord {
  Digest target;
  ArtifactOrigin origin = ArtifactOrigin::kUnknown;
  std::string where;
  Time fetched_at{};
  Descriptor manifest;  // without annotations
};

struct TargetRecord {
  std::vector<ArtifactRecord> artifacts;
  std::vector<Error> dropped;  // entries that are not ours: kEvidenceTampered
};

// Entries that are malformed or of another image than `target` are dropped; a
// text that is no image index at all drops everything. Never fails: whatever
// is wrong is in `dropped`.
TargetRecord ReadTargetRecord(std::string_view text, const Digest& target);
std::string WriteTargetRecord(const std::vector<ArtifactRecord>& artifacts);

// One entry, as an index lists it, and back. `ref_name` is the name under which
// tools find it in index.json; "" for none. Error: kEvidenceTampered.
Json WriteArtifactRecord(const ArtifactRecord& record,
                         const std::string& ref_name);
Result<ArtifactRecord> ReadArtifactRecord(const Descriptor& entry);

// "sha256-<hex of the target>.<start of the artifact's hex>".
std::string RefName(const ArtifactRecord& record);

// The image index with these entries.
std::string WriteIndex(Json::Array entries);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_TARGET_RECORD_H_
