// Who an identity-bound certificate was issued to, in the words of Fulcio's
// certificate profile (fulcio docs/oid-info.md).
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_SIGNING_IDENTITY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_SIGNING_IDENTITY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_pattern.h"
#include "core/trust/certificate.h"

namespace assay {

struct SigningIdentity {
  std::string issuer;   // the OIDC issuer, "" where the certificate names none
  std::string subject;  // the one alternative name
  AlternativeName::Kind kind = AlternativeName::Kind::kOther;  // of the subject
  std::map<std::string, std::string, std::less<>> claims;      // by their names

  // Errors: kCertificateProfile (also where two extensions contradict each
  // other, or the certificate is not one to sign with).
  static Result<SigningIdentity> Of(const Certificate& leaf);

  // The names of all claims that a certificate may hold.
  static std::set<std::string, std::less<>> ClaimNames();
};

// One identity that a policy accepts: all of it must match.
struct IdentityMatcher {
  TextPattern issuer;
  TextPattern subject;
  std::map<std::string, TextPattern, std::less<>> claims;
  std::optional<AlternativeName::Kind> kind = {};  // nullopt: any

  // Reads the elements of the array of tables `identities`, at least one.
  // Problems become Diagnostics.
  static std::vector<IdentityMatcher> Read(TomlReader& table,
                                           Diagnostics& diagnostics);

  bool Matches(const SigningIdentity& identity) const;
  std::string str() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_SIGNING_IDENTITY_H_
