// Signatures as plain files in a folder, named by the digest they are for:
//   <folder>/<algorithm>-<hex>.sig
//   <folder>/<repository path>@<algorithm>=<hex>/signature-<N>, N from 1 on
// (the second as in containers' lookaside storage). The folder is the
// operator's, its content hostile. Symbolic links are followed, because mounted
// Secrets and ConfigMaps consist of them; a link can lead the reading to any
// regular file, whose bytes then fail to verify and are shown nowhere.
#ifndef ASSAY_IO_EVIDENCE_DETACHED_FOLDER_H_
#define ASSAY_IO_EVIDENCE_DETACHED_FOLDER_H_

#include <string>

#include "core/evidence/evidence_source.h"

namespace assay {

// Adds what the folder has for the target. Failures: kFileUnreadable (also when
// the folder is not there), kEvidenceTooLarge, kEvidenceTooMany.
void ReadDetached(const std::string& folder, const Reference& name,
                  const Digest& target, EvidenceSet& set);

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_DETACHED_FOLDER_H_
