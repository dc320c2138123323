#include "core/schemes/notation/signer_identities.h"

namespace assay {

Status SignerIdentities::AddSubject(std::string_view text) {
  auto name = DistinguishedName::Parse(text);
  if (!name) return name.error();
  for (const DistinguishedName& other : subjects) {
    if (!name->IsWithin(other) && !other.IsWithin(*name)) continue;
    return Fail(
        Reason::kPolicyMalformed,
        "it and '" + other.str() + "' overlap: one holds all of the other");
  }
  subjects.push_back(*std::move(name));
  return Ok();
}

Status SignerIdentities::AddProfile(std::string_view arn) {
  auto profile = AwsProfile::Parse(arn);
  if (!profile) return profile.error();
  profiles.push_back(*std::move(profile));
  return Ok();
}

std::string SignerIdentities::str() const {
  if (anybody) return "anybody of its authorities";
  std::string text;
  const auto add = [&](const std::string& one) {
    if (!text.empty()) text += " or ";
    text += one;
  };
  for (const DistinguishedName& subject : subjects) add(subject.str());
  for (const AwsProfile& profile : profiles) add(profile.arn());
  return text.empty() ? "nobody" : text;
}

}  // namespace assay
