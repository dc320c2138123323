// Attestation: one [attestations.NAME] entry of the policy: a statement about
// the image that somebody must have signed, and what it must say
// (docs/decisions/015-attestations.md). Immutable and thread-safe.
#ifndef ASSAY_CORE_POLICY_ATTESTATION_H_
#define ASSAY_CORE_POLICY_ATTESTATION_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/policy/constraint.h"
#include "core/policy/proven_attestation.h"
#include "core/policy/requirement.h"

namespace assay {

struct AttestationPolicy {
  std::string predicate_type;  // compared exactly
  Requirement signed_by;       // of signers alone
  std::vector<Constraint> where;
  bool stands_alone = false;  // may be all that a rule requires
};

class Attestation {
 public:
  Attestation(std::string name, AttestationPolicy policy)
      : name_(std::move(name)), policy_(std::move(policy)) {}

  const std::string& name() const { return name_; }
  const AttestationPolicy& policy() const { return policy_; }

  // One statement must satisfy it whole: all constraints, and signed_by with
  // signatures over the very same payload. Of several that do, the one that
  // holds longest. `statements` are about one image; `failed` words the
  // refusal. Errors: kAttestationMissing, kAttestationUnsigned,
  // kAttestationConstraint, kPolicyTooComplex.
  Result<ProvenAttestation> Check(std::span<const VerifiedStatement> statements,
                                  std::span<const FailedCheck> failed,
                                  Time now) const;

  // One line for `policy show`.
  std::string Summary() const;

 private:
  // One statement, as many times as it was signed.
  struct Copies {
    const Json* predicate = nullptr;
    std::vector<VerifiedSignature> signatures;
  };

  std::vector<Copies> Collect(
      std::span<const VerifiedStatement> statements) const;
  Result<ProvenAttestation> CheckOne(const Copies& copies, Time now) const;
  Error WhyNone(std::span<const FailedCheck> failed) const;

  std::string name_;
  AttestationPolicy policy_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_ATTESTATION_H_
