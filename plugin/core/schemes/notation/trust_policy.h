// TrustPolicy: a trust policy document of the Notary Project, as an operator of
// notation keeps it in trustpolicy.json (trust-store-trust-policy.md, "Trust
// Policy"), read strictly: what is unknown or there twice is refused.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_TRUST_POLICY_H_
#define ASSAY_CORE_SCHEMES_NOTATION_TRUST_POLICY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/schemes/notation/notation_terms.h"
#include "core/schemes/notation/signer_identities.h"

namespace assay {

enum class StoreKind : std::uint8_t {
  kAuthority = 1,     // ca
  kSigningAuthority,  // signingAuthority
  kTimestamping,      // tsa
};

std::string_view StoreKindName(StoreKind kind);  // "ca", as folders are named

// A trust store by its name; the certificates are in x509/KIND/NAME.
struct StoreName {
  StoreKind kind = StoreKind::kAuthority;
  std::string name;
};

// What the level of a statement and its overrides say.
struct LevelActions {
  CheckAction authenticity = CheckAction::kEnforce;
  CheckAction times = CheckAction::kEnforce;
  CheckAction expiry = CheckAction::kEnforce;
  RevocationRule revocation = RevocationRule::kStrict;
};

struct TrustStatement {
  std::string name;
  std::vector<std::string> scopes;  // "host/path", or "*" alone
  std::string level;                // "strict", as it was written
  bool overridden = false;          // not all of it is as the level has it
  bool skips = false;  // lets everything pass; then nothing below is set
  LevelActions actions;
  bool always_stamped = true;
  std::vector<StoreName> stores;
  SignerIdentities identities;
  // As they were written; only plugins know whom they mean.
  std::vector<std::string> unknown_identities;
};

class TrustPolicy {
 public:
  // Errors: kPolicyMalformed, which names the place ("trustPolicies[1].name"),
  // kPolicyUnsupported (another version).
  static Result<TrustPolicy> Parse(std::string_view text);

  const std::vector<TrustStatement>& statements() const { return statements_; }

  // The statement about a repository: that which names it, else that of "*",
  // else null.
  const TrustStatement* Find(std::string_view repository) const;

 private:
  std::vector<TrustStatement> statements_;  // at least one
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_TRUST_POLICY_H_
