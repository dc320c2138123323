// Verifier: steps 2 to 6 of the walk as one function over ports. It holds no
// state of its own; the policy is a snapshot given per decision.
#ifndef ASSAY_CORE_VERDICT_VERIFIER_H_
#define ASSAY_CORE_VERDICT_VERIFIER_H_

#include <memory>

#include "core/evidence/evidence_source.h"
#include "core/policy/policy.h"
#include "core/question/resolver.h"
#include "core/verdict/layer_integrity.h"
#include "core/verdict/verdict.h"

namespace assay {

class Verifier {
 public:
  // Borrows the ports, which must outlive it.
  Verifier(Resolver& resolver, EvidenceSource& evidence, LayerIntegrity& layers)
      : resolver_(resolver), evidence_(evidence), layers_(layers) {}

  // Thread-safe. A null policy means that none is in force (kPolicyMissing).
  // Never throws.
  Verdict Decide(const Question& question,
                 const std::shared_ptr<const Policy>& policy) const;

  // The same for a subject that is already established.
  Verdict DecideSubject(const Question& question, const Subject& subject,
                        const std::shared_ptr<const Policy>& policy) const;

 private:
  struct Case;  // one name of the subject under its rule

  Verdict DecideName(const Case& one) const;
  Verdict Require(const Case& one, Trail trail) const;
  Verdict Accept(const Case& one, Reason basis, Trail trail) const;

  Resolver& resolver_;
  EvidenceSource& evidence_;
  LayerIntegrity& layers_;
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_VERIFIER_H_
