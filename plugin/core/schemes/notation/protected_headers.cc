#include "core/schemes/notation/protected_headers.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay {
namespace {

constexpr std::string_view kX509Scheme = "notary.x509";
constexpr std::string_view kAuthorityScheme = "notary.x509.signingAuthority";

constexpr auto kUnderstood = std::to_array<std::string_view>(
    {kSigningSchemeHeader, kSigningTimeHeader, kAuthenticTimeHeader,
     kExpiryHeader, kPluginHeader, kPluginVersionHeader});

Error Bad(std::string detail) {
  return Fail(Reason::kEnvelopeMalformed, std::move(detail));
}

Error Critical(std::string_view header, std::string_view what) {
  return Fail(Reason::kEnvelopeCritical,
              "the header " + std::string(header) + " " + std::string(what));
}

bool Has(const std::set<std::string, std::less<>>& names,
         std::string_view name) {
  return names.find(name) != names.end();
}

bool IsUnderstood(const ProtectedHeaders& headers, std::string_view name) {
  if (headers.plugin == kAwsPlugin &&
      (name == kAwsProfileHeader || name == kAwsJobHeader)) {
    return true;
  }
  return std::find(kUnderstood.begin(), kUnderstood.end(), name) !=
         kUnderstood.end();
}

// RFC 7515 section 4.1.11: what is critical must be there and be understood,
// if only by a plugin, and then it is the plugin that is missing here.
Status CheckUnderstood(const ProtectedHeaders& headers) {
  if (headers.critical.empty()) {
    return Fail(Reason::kEnvelopeCritical, "it lists no critical header");
  }
  for (const std::string& name : headers.critical) {
    if (!Has(headers.present, name)) return Critical(name, "is not there");
    if (IsUnderstood(headers, name)) continue;
    if (headers.plugin.empty()) {
      return Critical(name, "is critical and unknown");
    }
    return Fail(Reason::kPluginUnsupported,
                headers.plugin + ", which must understand " + name);
  }
  return Ok();
}

// What the specification wants to be critical where it is there.
Status CheckMarked(const ProtectedHeaders& headers) {
  for (const auto name : {kSigningSchemeHeader, kAuthenticTimeHeader,
                          kExpiryHeader, kPluginHeader, kPluginVersionHeader}) {
    if (Has(headers.present, name) && !Has(headers.critical, name)) {
      return Critical(name, "is not marked as critical");
    }
  }
  return Ok();
}

// A plugin is shown its critical headers alone.
Status ReadAws(const HeaderReader& from, ProtectedHeaders& headers) {
  for (const auto& [name, text] :
       {std::pair(kAwsProfileHeader, &headers.aws_profile_version),
        std::pair(kAwsJobHeader, &headers.aws_job)}) {
    if (!Has(headers.present, name) || !Has(headers.critical, name)) continue;
    auto value = from.Text(name);
    if (!value) return value.error();
    *text = *std::move(value);
  }
  return Ok();
}

Status ApplyScheme(const ProtectedHeaders& headers,
                   NotationEnvelope& envelope) {
  if (headers.scheme == kX509Scheme) {
    if (headers.authentic_time)
      return Bad("an authentic time nobody vouches for");
    if (!headers.signing_time) return Bad("it says no signing time");
    envelope.scheme = SigningScheme::kX509;
    envelope.signing_time = *headers.signing_time;
    return Ok();
  }
  if (headers.scheme != kAuthorityScheme) {
    return Bad("the signing scheme is '" + headers.scheme + "'");
  }
  if (headers.signing_time) return Bad("two signing times");
  if (!headers.authentic_time) return Bad("it says no authentic signing time");
  envelope.scheme = SigningScheme::kSigningAuthority;
  envelope.signing_time = *headers.authentic_time;
  return Ok();
}

}  // namespace

Status ReadNamed(const HeaderReader& from, ProtectedHeaders& headers) {
  auto scheme = from.Text(kSigningSchemeHeader);
  if (!scheme) return scheme.error();
  headers.scheme = *std::move(scheme);
  for (const auto& [name, time] :
       {std::pair(kSigningTimeHeader, &headers.signing_time),
        std::pair(kAuthenticTimeHeader, &headers.authentic_time),
        std::pair(kExpiryHeader, &headers.expiry)}) {
    if (!Has(headers.present, name)) continue;
    const auto when = from.When(name);
    if (!when) return when.error();
    *time = *when;
  }
  for (const auto& [name, text] :
       {std::pair(kPluginHeader, &headers.plugin),
        std::pair(kPluginVersionHeader, &headers.plugin_version)}) {
    if (!Has(headers.present, name)) continue;
    auto value = from.Text(name);
    if (!value) return value.error();
    *text = *std::move(value);
  }
  return headers.plugin == kAwsPlugin ? ReadAws(from, headers) : Ok();
}

Status ApplyHeaders(const ProtectedHeaders& headers,
                    NotationEnvelope& envelope) {
  if (headers.content_type != kNotationPayloadType) {
    return Fail(Reason::kPayloadType, "it is '" + headers.content_type + "'");
  }
  const auto understood = CheckUnderstood(headers);
  if (!understood) return understood.error();
  const auto marked = CheckMarked(headers);
  if (!marked) return marked.error();
  const auto scheme = ApplyScheme(headers, envelope);
  if (!scheme) return scheme.error();
  envelope.expiry = headers.expiry;
  envelope.plugin = headers.plugin;
  envelope.plugin_version = headers.plugin_version;
  envelope.aws_profile_version = headers.aws_profile_version;
  envelope.aws_job = headers.aws_job;
  if (envelope.expiry && *envelope.expiry <= envelope.signing_time) {
    return Bad("it expired before it was made");
  }
  if (envelope.plugin.empty() && Has(headers.present, kPluginHeader)) {
    return Bad("the name of its plugin is empty");
  }
  return Ok();
}

}  // namespace assay
