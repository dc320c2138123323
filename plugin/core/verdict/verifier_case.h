// One name of a subject under its rule, for the Verifier's own files.
#ifndef ASSAY_CORE_VERDICT_VERIFIER_CASE_H_
#define ASSAY_CORE_VERDICT_VERIFIER_CASE_H_

#include "core/verdict/verifier.h"

namespace assay {

struct Verifier::Case {
  const Question& question;
  const std::shared_ptr<const Subject>& subject;
  const Policy& policy;
  const Reference& name;
  Selection selection;
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_VERIFIER_CASE_H_
