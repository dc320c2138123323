// Requirement: who must have signed. A tree whose leaves are signers and whose
// inner nodes are thresholds: any_of is "at least 1", all_of "at least all".
//
// A threshold counts distinct identities: one key or identity never counts
// twice within a requirement, however many signers name it and wherever in the
// tree they stand.
#ifndef ASSAY_CORE_POLICY_REQUIREMENT_H_
#define ASSAY_CORE_POLICY_REQUIREMENT_H_

#include <memory>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/schemes/signer.h"

namespace assay {

class Requirement {
 public:
  struct Threshold {
    std::size_t at_least = 0;  // 1 .. of.size(); the reader guarantees it
    std::vector<Requirement> of;
  };

  explicit Requirement(std::shared_ptr<const Signer> signer)
      : node_(std::move(signer)) {}
  explicit Requirement(Threshold threshold) : node_(std::move(threshold)) {}

  const std::shared_ptr<const Signer>* AsSigner() const {
    return std::get_if<std::shared_ptr<const Signer>>(&node_);
  }
  const Threshold* AsThreshold() const {
    return std::get_if<Threshold>(&node_);
  }

  // Every signer of the tree, each once.
  std::vector<std::shared_ptr<const Signer>> Signers() const;

  // The signatures that satisfy it, one per leaf used, all with distinct
  // identities. Errors: kThresholdNotMet (detail: who is missing),
  // kPolicyTooComplex (more than limits::kRequirementSteps tried).
  // Property: adding a signature never turns success into failure.
  Result<std::vector<VerifiedSignature>> Satisfy(
      std::span<const VerifiedSignature> verified) const;

  // How many choices of subtrees Satisfy may have to try; saturates. The shape
  // of the tree alone decides it, so that no signature can make it costly: the
  // reader refuses a requirement over limits::kRequirementSteps.
  std::size_t Choices() const;

  // "at least 2 of (release-2025, release-2026, security-team)".
  std::string str() const;

 private:
  std::variant<std::shared_ptr<const Signer>, Threshold> node_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_REQUIREMENT_H_
