// SignatureList: what a registry that stores simple-signing signatures itself
// lists for an image (containers/image, docs/signature-protocols.md; the
// member is "schemaVersion" on the wire). Nothing of it is believed yet.
#ifndef ASSAY_CORE_EVIDENCE_SIGNATURE_LIST_H_
#define ASSAY_CORE_EVIDENCE_SIGNATURE_LIST_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct SignatureList {
  struct Entry {
    std::string name;   // "<digest>@<id>", of the image, without blanks
    std::string bytes;  // the signature
  };

  // Errors: kRegistryProtocol: no such list; kEvidenceTooLarge.
  static Result<SignatureList> Parse(std::string_view json,
                                     const Digest& image);

  // Those of version 2 and type "atomic", as many as of a lookaside store.
  // Others are of no use to anybody who reads this.
  std::vector<Entry> entries;
  // Of single entries, which hide none of the others: kRegistryProtocol,
  // kEvidenceTooLarge, kEvidenceTooMany.
  std::vector<Error> failures;
};

}  // namespace assay

#endif  // ASSAY_CORE_EVIDENCE_SIGNATURE_LIST_H_
