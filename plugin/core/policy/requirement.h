// Requirement: who must have signed, and what must be attested. A tree whose
// leaves are signers and attestations and whose inner nodes are thresholds:
// any_of is "at least 1", all_of "at least all".
//
// A threshold counts distinct identities: one key or identity never counts
// twice within a requirement, however many signers name it and wherever in the
// tree they stand. An attestation uses up no identity: it is there or not, and
// stands beside signers only where all parts of a threshold are asked for.
#ifndef ASSAY_CORE_POLICY_REQUIREMENT_H_
#define ASSAY_CORE_POLICY_REQUIREMENT_H_

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/policy/proven_attestation.h"
#include "core/schemes/signer.h"

namespace assay {

class Attestation;

// What a requirement was met with.
struct Fulfilment {
  std::vector<VerifiedSignature> signatures;  // one per signer used
  std::vector<ProvenAttestation> attestations;

  bool empty() const { return signatures.empty() && attestations.empty(); }
  // What it amounts to: kSigned; kAttested; kAllowedByRule where everybody who
  // could have signed lets it pass.
  Reason Basis() const;
  // When the first part of it stops holding; nullopt: never by itself.
  std::optional<Time> End() const;
};

class Requirement {
 public:
  struct Threshold {
    std::size_t at_least = 0;  // 1 .. of.size(); the reader guarantees it
    std::vector<Requirement> of;
  };

  explicit Requirement(std::shared_ptr<const Signer> signer)
      : node_(std::move(signer)) {}
  explicit Requirement(std::shared_ptr<const Attestation> attestation)
      : node_(std::move(attestation)) {}
  explicit Requirement(Threshold threshold) : node_(std::move(threshold)) {}

  const std::shared_ptr<const Signer>* AsSigner() const {
    return std::get_if<std::shared_ptr<const Signer>>(&node_);
  }
  const std::shared_ptr<const Attestation>* AsAttestation() const {
    return std::get_if<std::shared_ptr<const Attestation>>(&node_);
  }
  const Threshold* AsThreshold() const {
    return std::get_if<Threshold>(&node_);
  }

  // Every signer of the tree, each once; who signs attestations is not in it.
  std::vector<std::shared_ptr<const Signer>> Signers() const;
  std::vector<std::shared_ptr<const Attestation>> Attestations() const;

  // The signatures that satisfy it, one per leaf used, all with distinct
  // identities, and the attestations. Errors: kThresholdNotMet (detail: who is
  // missing), that of the first attestation where nothing else is missing,
  // kPolicyTooComplex (more than limits::kRequirementSteps tried).
  // Property: adding a signature or an attestation never turns success into
  // failure.
  Result<Fulfilment> Satisfy(std::span<const VerifiedSignature> verified,
                             const AttestationOutcomes& attested) const;
  // The same of signers alone: every attestation is missing.
  Result<std::vector<VerifiedSignature>> Satisfy(
      std::span<const VerifiedSignature> verified) const;

  // Whether it can only be met by a signature, or by an attestation that may
  // stand alone.
  bool Vouches() const;

  // How many choices of subtrees Satisfy may have to try; saturates. The shape
  // of the tree alone decides it, so that no signature can make it costly: the
  // reader refuses a requirement over limits::kRequirementSteps.
  std::size_t Choices() const;

  // "at least 2 of (release-2025, release-2026, security-team)".
  std::string str() const;

 private:
  std::variant<std::shared_ptr<const Signer>,
               std::shared_ptr<const Attestation>, Threshold>
      node_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_REQUIREMENT_H_
