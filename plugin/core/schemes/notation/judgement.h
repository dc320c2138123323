// Judges one artifact as a Notary Project signature of an image under given
// terms: the order of its checks is the specification's own, but for what
// decision 019 says.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_JUDGEMENT_H_
#define ASSAY_CORE_SCHEMES_NOTATION_JUDGEMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "core/schemes/notation/notation_terms.h"
#include "core/schemes/signer.h"

namespace assay {

// Of a signature that counts.
struct JudgedSignature {
  // "x509.subject:CN=...", "aws-signer:arn:..."
  std::string identity;
  Digest target;
  std::optional<Time> valid_until;
  // Failures that the terms only note, and certificates of which nobody could
  // be asked whether they are revoked.
  std::vector<Error> noted;
};

// Whether it is such an artifact at all, of either generation.
bool IsNotation(const UntrustedArtifact& artifact);

// Errors: those of the envelope and its payload, certificates, times.
Result<JudgedSignature> JudgeArtifact(const NotationTerms& terms,
                                      const SigningTarget& target,
                                      const UntrustedArtifact& artifact);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_JUDGEMENT_H_
