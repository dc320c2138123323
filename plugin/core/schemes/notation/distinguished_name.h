// DistinguishedName: an X.509 subject as trust policies write it and compare
// it (trust-store-trust-policy.md, "Trusted Identities Constraints"; RFC 4514).
// One value for each attribute type, compared byte by byte; country, state and
// organization must be there.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_DISTINGUISHED_NAME_H_
#define ASSAY_CORE_SCHEMES_NOTATION_DISTINGUISHED_NAME_H_

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

class DistinguishedName {
 public:
  // "C=US, ST=WA, O=Acme, CN=release". Attribute types are upper case; S is
  // ST; spaces around separators mean nothing. Errors: kPolicyMalformed.
  static Result<DistinguishedName> Parse(std::string_view text);
  // Errors: kIdentityMismatch (a subject that no name can describe: a type
  // twice, one that names do not know, several in one part, C, ST or O
  // missing).
  static Result<DistinguishedName> OfSubject(const Certificate& certificate);

  // Whether every attribute of this one is in `other`, with the same value.
  bool IsWithin(const DistinguishedName& other) const;

  // "C=US,ST=WA,O=Acme", attribute types in order of the alphabet.
  std::string str() const;

 private:
  explicit DistinguishedName(std::map<std::string, std::string> attributes)
      : attributes_(std::move(attributes)) {}

  std::map<std::string, std::string> attributes_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_DISTINGUISHED_NAME_H_
