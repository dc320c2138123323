// ProvenAttestation: one statement that satisfies one attestation of the
// policy. Made only by Attestation::Check.
#ifndef ASSAY_CORE_POLICY_PROVEN_ATTESTATION_H_
#define ASSAY_CORE_POLICY_PROVEN_ATTESTATION_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/schemes/signer.h"

namespace assay {

class ProvenAttestation {
 public:
  const std::string& name() const { return name_; }  // in the policy
  const std::string& predicate_type() const { return predicate_type_; }
  // Who vouches for it, one for each part of `signed_by`; never empty.
  const std::vector<VerifiedSignature>& signatures() const {
    return signatures_;
  }
  // When it stops holding: the first end of a signature or a constraint.
  const std::optional<Time>& valid_until() const { return valid_until_; }

 private:
  friend class Attestation;
  ProvenAttestation(std::string name, std::string predicate_type,
                    std::vector<VerifiedSignature> signatures,
                    std::optional<Time> valid_until)
      : name_(std::move(name)),
        predicate_type_(std::move(predicate_type)),
        signatures_(std::move(signatures)),
        valid_until_(valid_until) {}

  std::string name_;
  std::string predicate_type_;
  std::vector<VerifiedSignature> signatures_;
  std::optional<Time> valid_until_;
};

// By the attestation's name: what proves it, or why nothing does.
using AttestationOutcomes =
    std::map<std::string, Result<ProvenAttestation>, std::less<>>;

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_PROVEN_ATTESTATION_H_
