#include "core/verdict/signature_check.h"

#include <algorithm>
#include <map>

#include "core/policy/attestation.h"

namespace assay {
namespace {

// What one signer of a requirement is asked for.
struct Role {
  const Signer* signer = nullptr;
  bool signatures = false;
  std::set<std::string, std::less<>> predicate_types;
};

// By the signer's name.
std::map<std::string, Role> RolesIn(const Requirement& requirement) {
  std::map<std::string, Role> roles;
  for (const auto& signer : requirement.Signers()) {
    Role& role = roles[signer->name()];
    role.signer = signer.get();
    role.signatures = true;
  }
  for (const auto& attestation : requirement.Attestations()) {
    for (const auto& signer : attestation->policy().signed_by.Signers()) {
      Role& role = roles[signer->name()];
      role.signer = signer.get();
      role.predicate_types.insert(attestation->policy().predicate_type);
    }
  }
  return roles;
}

bool IsBound(const VerifiedSignature& signature, const SignableImage& image) {
  return signature.target() == image.manifest ||
         std::find(image.indexes.begin(), image.indexes.end(),
                   signature.target()) != image.indexes.end();
}

AttestationOutcomes CheckAttestations(const Requirement& requirement,
                                      const SignableImage& image,
                                      const Findings& findings, Time now) {
  std::vector<VerifiedStatement> statements;
  std::copy_if(findings.statements.begin(), findings.statements.end(),
               std::back_inserter(statements), [&](const auto& statement) {
                 return IsBound(statement.signature(), image);
               });
  AttestationOutcomes outcomes;
  for (const auto& attestation : requirement.Attestations()) {
    outcomes.emplace(attestation->name(),
                     attestation->Check(statements, findings.failed, now));
  }
  return outcomes;
}

bool IsOfAttestation(Reason reason) {
  return reason == Reason::kAttestationMissing ||
         reason == Reason::kAttestationUnsigned ||
         reason == Reason::kAttestationConstraint;
}

}  // namespace

EvidencePlaces PlacesOf(const Requirement& requirement) {
  EvidencePlaces places;
  for (const auto& [name, role] : RolesIn(requirement)) {
    if (role.signatures) places.Add(role.signer->Places());
    const auto statements = role.signer->StatementPlaces();
    if (!role.predicate_types.empty() && statements) places.Add(*statements);
  }
  return places;
}

Findings VerifyAll(const Requirement& requirement, const SigningTarget& target,
                   std::span<const UntrustedArtifact> artifacts) {
  Findings findings;
  SigningTarget wanted = target;
  for (auto& [name, role] : RolesIn(requirement)) {
    wanted.signatures = role.signatures;
    wanted.predicate_types = std::move(role.predicate_types);
    role.signer->Verify(wanted, artifacts, findings);
  }
  return findings;
}

Result<Fulfilment> Satisfy(const Requirement& requirement,
                           const SignableImage& image, const Findings& findings,
                           Time now) {
  std::vector<VerifiedSignature> signatures;
  std::copy_if(findings.verified.begin(), findings.verified.end(),
               std::back_inserter(signatures), [&](const auto& signature) {
                 return IsBound(signature, image);
               });
  return requirement.Satisfy(
      signatures, CheckAttestations(requirement, image, findings, now));
}

bool IsUndetermined(const Error& error) {
  return Describe(error.reason).ending == Ending::kUndetermined;
}

bool IsDeeper(const Error& error, const Error& than) {
  return Describe(error.reason).stage > Describe(than.reason).stage;
}

namespace {

// That a signer could not tell for want of its own trust material, or because
// nobody answered whom it asks. What is wrong with an artifact never counts for
// this: anybody may put one there.
bool LacksTrust(const Error& error) {
  return error.reason == Reason::kDctUnavailable ||
         error.reason == Reason::kTrustMissing ||
         error.reason == Reason::kTrustStale ||
         error.reason == Reason::kTrustedRootMalformed ||
         error.reason == Reason::kKubernetesPending ||
         error.reason == Reason::kKubernetesGone;
}

}  // namespace

Error WhyNot(Error unmet, const Findings& findings,
             std::span<const Error> failures) {
  for (const Error& failure : failures) {
    if (IsUndetermined(failure)) return failure;
  }
  // A signer that could not tell might have been the one that is missing.
  for (const FailedCheck& check : findings.failed) {
    if (LacksTrust(check.error)) {
      return WithContext(check.error, check.signer + ", " + check.where);
    }
  }
  if (!findings.verified.empty() || IsUndetermined(unmet) ||
      IsOfAttestation(unmet.reason)) {
    return unmet;
  }
  Error deepest = Fail(Reason::kNoSignature);
  for (const Error& failure : failures) {
    if (IsDeeper(failure, deepest)) deepest = failure;
  }
  for (const FailedCheck& check : findings.failed) {
    if (IsDeeper(check.error, deepest)) {
      deepest = WithContext(check.error, check.where);
    }
  }
  return deepest;
}

}  // namespace assay
