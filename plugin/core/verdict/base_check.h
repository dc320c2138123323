// The `base` of a rule: the lowest layers of the image must be all layers of an
// image that the requirement's signers have signed. docs/decisions/014 tells
// why nothing more than hashes and signatures is needed.
#ifndef ASSAY_CORE_VERDICT_BASE_CHECK_H_
#define ASSAY_CORE_VERDICT_BASE_CHECK_H_

#include "core/policy/requirement.h"
#include "core/verdict/base_source.h"
#include "core/verdict/verdict.h"

namespace assay {

// All borrowed.
struct BaseCase {
  const Question& question;
  const Subject& subject;
  const Reference& name;       // the subject's, under which it is decided
  const SignableImage& image;  // of the subject
  const Requirement& requirement;
  Reach reach = Reach::kDisk;
  RevocationAccess revocation = {};
  TrustDataAccess trust_data = {};
};

// What signers said of candidates goes into the trail. Errors: kBaseMissing,
// kBaseMismatch, kBaseUnsigned, kBaseUnavailable, kDeadline,
// kPolicyTooComplex, and what is wrong with the subject's own configuration.
Result<ProvenBase> CheckBase(BaseLibrary& bases, EvidenceSource& evidence,
                             const BaseCase& one, Trail& trail);

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_BASE_CHECK_H_
