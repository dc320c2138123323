// Signatures of AWS Signer: Notary Project envelopes that name AWS's own
// verification plugin. Plugins are not run; what that one does without asking
// AWS is done here, by its rules of version 1 (aws-signer-notation-plugin,
// internal/verifier): who signed is a signing profile, and not the subject of a
// certificate.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_AWS_SIGNER_H_
#define ASSAY_CORE_SCHEMES_NOTATION_AWS_SIGNER_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/schemes/notation/envelope.h"

namespace assay {

// A signing profile, or one version of it, as a trust policy names it.
class AwsProfile {
 public:
  // "arn:aws:signer:REGION:ACCOUNT:/signing-profiles/NAME[/VERSION]". Errors:
  // kPolicyMalformed.
  static Result<AwsProfile> Parse(std::string_view text);

  // Whether a signature of this profile version counts.
  bool Matches(const AwsProfile& version) const;
  bool has_version() const { return profile_size_ != arn_.size(); }

  // In lower case, since ARNs are compared without regard to case.
  const std::string& arn() const { return arn_; }
  std::string profile() const { return arn_.substr(0, profile_size_); }

 private:
  AwsProfile(std::string arn, std::size_t profile_size)
      : arn_(std::move(arn)), profile_size_(profile_size) {}

  std::string arn_;
  std::size_t profile_size_;  // what stands before the version
};

// The profile version that signed, of an envelope whose plugin is AWS's.
// Errors: kPluginUnsupported (a newer plugin is asked for), kEnvelopeCritical
// (a header of the plugin's is missing), kEnvelopeMalformed.
Result<AwsProfile> ReadAwsProfile(const NotationEnvelope& envelope);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_AWS_SIGNER_H_
