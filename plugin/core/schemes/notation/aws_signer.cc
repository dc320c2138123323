#include "core/schemes/notation/aws_signer.h"

#include <algorithm>
#include <vector>

#include "core/schemes/notation/protected_headers.h"

namespace assay {
namespace {

constexpr std::string_view kProfiles = "/signing-profiles/";
// "arn", partition, service, region, account; what follows is the resource.
constexpr std::size_t kSections = 5;
constexpr std::string_view kKnownVersions = "1.";

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c + 0x20);
  }
  return folded;
}

// Takes what stands before the next colon.
std::string_view TakeSection(std::string_view& text) {
  const std::size_t end = std::min(text.find(':'), text.size());
  const auto section = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return section;
}

bool IsProfileArn(std::string_view arn, std::string_view& resource) {
  std::vector<std::string_view> sections;
  resource = arn;
  while (sections.size() < kSections) {
    sections.push_back(TakeSection(resource));
    if (sections.back().empty()) return false;
  }
  return sections[0] == "arn" && sections[2] == "signer" &&
         resource.starts_with(kProfiles);
}

}  // namespace

Result<AwsProfile> AwsProfile::Parse(std::string_view text) {
  const std::string arn = Folded(text);
  std::string_view resource;
  if (!IsProfileArn(arn, resource)) {
    return Fail(Reason::kPolicyMalformed,
                "it is no ARN of a signing profile of AWS Signer");
  }
  const std::string_view named = resource.substr(kProfiles.size());
  const std::size_t slash = named.find('/');
  const bool versioned = slash != std::string_view::npos;
  const std::string_view version =
      versioned ? named.substr(slash + 1) : std::string_view("none");
  if (named.empty() || slash == 0 || version.empty() ||
      version.find('/') != std::string_view::npos) {
    return Fail(Reason::kPolicyMalformed,
                "it must end in /signing-profiles/NAME or in "
                "/signing-profiles/NAME/VERSION");
  }
  const std::size_t cut = versioned ? version.size() + 1 : 0;
  return AwsProfile(arn, arn.size() - cut);
}

bool AwsProfile::Matches(const AwsProfile& version) const {
  return arn_ == (has_version() ? version.arn() : version.profile());
}

Result<AwsProfile> ReadAwsProfile(const NotationEnvelope& envelope) {
  const bool known = envelope.plugin_version.empty() ||
                     envelope.plugin_version.starts_with(kKnownVersions);
  if (!known) {
    return Fail(Reason::kPluginUnsupported,
                envelope.plugin + " of version " + envelope.plugin_version);
  }
  if (envelope.scheme != SigningScheme::kSigningAuthority) {
    return Fail(Reason::kEnvelopeMalformed,
                "AWS Signer signs as a signing authority");
  }
  if (envelope.aws_profile_version.empty() || envelope.aws_job.empty()) {
    const auto header =
        envelope.aws_job.empty() ? kAwsJobHeader : kAwsProfileHeader;
    return Fail(Reason::kEnvelopeCritical,
                "the header " + std::string(header) + " is not critical");
  }
  auto profile = AwsProfile::Parse(envelope.aws_profile_version);
  if (profile && profile->has_version()) return profile;
  return Fail(Reason::kEnvelopeMalformed,
              "'" + envelope.aws_profile_version + "' is no profile version");
}

}  // namespace assay
