// Steps 5 and 6 of the walk for one requirement: what its signers make of the
// artifacts that were found, and why they were not enough.
#ifndef ASSAY_CORE_VERDICT_SIGNATURE_CHECK_H_
#define ASSAY_CORE_VERDICT_SIGNATURE_CHECK_H_

#include <span>
#include <vector>

#include "core/evidence/evidence_source.h"
#include "core/policy/requirement.h"
#include "core/subject/subject.h"

namespace assay {

// Where all signers of the requirement look.
EvidencePlaces PlacesOf(const Requirement& requirement);

// Every signer of the requirement over every artifact, each for what it is
// asked for: signatures, statements of some types, or both. What the target
// says it wants is left aside.
Findings VerifyAll(const Requirement& requirement, const SigningTarget& target,
                   std::span<const UntrustedArtifact> artifacts);

// The requirement for one image: with the signatures and statements that are
// bound to its manifest or to an index that lists it. Errors: those of
// Requirement::Satisfy.
Result<Fulfilment> Satisfy(const Requirement& requirement,
                           const SignableImage& image, const Findings& findings,
                           Time now);

bool IsUndetermined(const Error& error);
// Whether it belongs to a later stage of the walk.
bool IsDeeper(const Error& error, const Error& than);

// Why a requirement was not met. What could not be read comes first: with it
// the answer might have been yes. Then the deepest failure of a candidate.
Error WhyNot(Error unmet, const Findings& findings,
             std::span<const Error> failures);

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_SIGNATURE_CHECK_H_
