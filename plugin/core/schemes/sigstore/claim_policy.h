// What a signer asks of what a signature says: which image, for which
// repository, with which annotations. Read only after its bytes were verified.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_CLAIM_POLICY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_CLAIM_POLICY_H_

#include <map>
#include <optional>
#include <string>

#include "base/toml.h"
#include "core/schemes/signer.h"
#include "core/schemes/sigstore/candidate.h"
#include "core/schemes/sigstore/statement.h"
#include "core/schemes/simple_signing/identity_match.h"

namespace assay {

// What verified bytes say that the target wants: that they are a signature of
// this digest, or, with a statement, an attestation about it.
struct Claim {
  Digest target;
  std::optional<Statement> statement;
};

struct ClaimPolicy {
  std::map<std::string, std::string> annotations;  // all required
  // How the name that a legacy payload holds relates to the image's; nullopt:
  // any will do. The bundle form signs no name: there only the digest binds.
  std::optional<IdentityMatch> identity = IdentityMatch::MatchRepository();

  // Reads the keys `annotations`, `identity` and `signed_repository` of a
  // signer's table; problems become Diagnostics.
  static ClaimPolicy Read(TomlReader& table);

  // Which of the target's digests the candidate is about, and what it says.
  // Errors: those of SimpleSigning::Parse or Statement::Parse, kPredicateType,
  // kSignatureOtherImage, kSignatureOtherRepository, kSignatureAnnotation.
  Result<Claim> Judge(const SigningTarget& target,
                      const Candidate& candidate) const;

  // ", annotation a=b ...": for a signer's summary; "" when nothing is asked.
  std::string Summary() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_CLAIM_POLICY_H_
