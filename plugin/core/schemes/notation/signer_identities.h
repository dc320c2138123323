// SignerIdentities: whose Notary Project signatures count, among those that the
// trust stores vouch for. Without any entry nobody's do.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_SIGNER_IDENTITIES_H_
#define ASSAY_CORE_SCHEMES_NOTATION_SIGNER_IDENTITIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/notation/aws_signer.h"
#include "core/schemes/notation/distinguished_name.h"

namespace assay {

// Stands alone for whoever the stores vouch for.
inline constexpr std::string_view kAnybody = "*";

struct SignerIdentities {
  bool anybody = false;
  std::vector<DistinguishedName> subjects;  // of certificates
  std::vector<AwsProfile> profiles;         // of AWS Signer

  // Errors: kPolicyMalformed: no name, or one that another one holds all of.
  Status AddSubject(std::string_view text);
  // Errors: those of AwsProfile::Parse.
  Status AddProfile(std::string_view arn);

  // Whether nobody is any of them.
  bool empty() const {
    return !anybody && subjects.empty() && profiles.empty();
  }

  // "C=US,O=Acme,ST=WA or arn:aws:signer:...".
  std::string str() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_SIGNER_IDENTITIES_H_
