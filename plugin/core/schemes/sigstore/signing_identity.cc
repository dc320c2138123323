#include "core/schemes/sigstore/signing_identity.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kArc = "1.3.6.1.4.1.57264.1.";
constexpr std::string_view kUserName = "1.3.6.1.4.1.57264.1.7";
constexpr std::string_view kKeyUsage = "2.5.29.15";

struct ClaimNumber {
  std::string_view number;  // below the arc
  std::string_view name;
  bool raw;  // the value is the text itself, not a UTF8String
};

constexpr std::string_view kIssuerV1 = "1";
constexpr std::string_view kIssuerV2 = "8";
constexpr auto kClaims = std::to_array<ClaimNumber>({
    {"2", "github_workflow_trigger", true},
    {"3", "github_workflow_sha", true},
    {"4", "github_workflow_name", true},
    {"5", "github_workflow_repository", true},
    {"6", "github_workflow_ref", true},
    {"9", "build_signer_uri", false},
    {"10", "build_signer_digest", false},
    {"11", "runner_environment", false},
    {"12", "source_repository_uri", false},
    {"13", "source_repository_digest", false},
    {"14", "source_repository_ref", false},
    {"15", "source_repository_identifier", false},
    {"16", "source_repository_owner_uri", false},
    {"17", "source_repository_owner_identifier", false},
    {"18", "build_config_uri", false},
    {"19", "build_config_digest", false},
    {"20", "build_trigger", false},
    {"21", "run_invocation_uri", false},
    {"22", "source_repository_visibility", false},
    {"23", "deployment_environment", false},
    {"24", "token_subject", false},
});

Error Profile(std::string detail) {
  return Fail(Reason::kCertificateProfile, std::move(detail));
}

// The text of a DER UTF8String (X.690 section 8.23) that fills `der`.
std::optional<std::string> ReadUtf8String(std::string_view der) {
  constexpr unsigned char kTag = 0x0c;
  constexpr std::size_t kLongForm = 0x80;
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(der[i]);
  };
  if (der.size() < 2 || byte(0) != kTag) return std::nullopt;
  std::size_t length = byte(1);
  std::size_t at = 2;
  if (length >= kLongForm) {
    const std::size_t bytes = length - kLongForm;
    if (bytes < 1 || bytes > 2 || der.size() < at + bytes) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < bytes; ++i) length = 256 * length + byte(at++);
    // DER has one length for a length.
    if (length < kLongForm || (bytes == 2 && length < 256)) {
      return std::nullopt;
    }
  }
  if (der.size() - at != length) return std::nullopt;
  return std::string(der.substr(at));
}

bool IsPlainText(std::string_view text) {
  return IsUtf8(text) && text.find('\0') == text.npos;
}

// The text of one extension; nullopt where the certificate lacks it.
Result<std::optional<std::string>> ReadClaim(const Certificate& leaf,
                                             std::string_view number,
                                             bool raw) {
  const std::string oid = std::string(kArc) + std::string(number);
  const auto* value = leaf.Extension(oid);
  if (value == nullptr) return std::optional<std::string>();
  auto text = raw ? std::optional(*value) : ReadUtf8String(*value);
  if (!text || !IsPlainText(*text)) {
    return Profile("the extension " + oid + " is no text");
  }
  return text;
}

Result<std::string> ReadIssuer(const Certificate& leaf) {
  const auto old = ReadClaim(leaf, kIssuerV1, true);
  if (!old) return old.error();
  const auto present = ReadClaim(leaf, kIssuerV2, false);
  if (!present) return present.error();
  if (*old && *present && **old != **present) {
    return Profile("it names two issuers");
  }
  return *present ? **present : old->value_or("");
}

Result<AlternativeName> ReadSubject(const Certificate& leaf) {
  using Kind = AlternativeName::Kind;
  const auto& names = leaf.alternative_names();
  if (names.size() != 1) return Profile("it names not exactly one subject");
  const AlternativeName& name = names.front();
  const bool known = name.kind == Kind::kEmail || name.kind == Kind::kUri ||
                     (name.kind == Kind::kOther && name.type == kUserName);
  if (!known || name.value.empty() || !IsPlainText(name.value)) {
    return Profile("its subject is of no kind that identifies a signer");
  }
  return name;
}

std::optional<IdentityMatcher> ReadMatcher(const Toml& table,
                                           Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  auto issuer = TextPattern::Read(reader, "issuer", diagnostics);
  auto subject = TextPattern::Read(reader, "subject", diagnostics);
  std::map<std::string, TextPattern, std::less<>> claims;
  for (const std::string& name : SigningIdentity::ClaimNames()) {
    if (reader.Value(name) == nullptr) continue;
    auto pattern = TextPattern::Read(reader, name, diagnostics);
    if (pattern) claims.emplace(name, *std::move(pattern));
  }
  reader.Finish();
  if (!issuer || !subject || diagnostics.size() != before) return std::nullopt;
  return IdentityMatcher{*std::move(issuer), *std::move(subject),
                         std::move(claims)};
}

}  // namespace

Result<SigningIdentity> SigningIdentity::Of(const Certificate& leaf) {
  if (leaf.is_authority()) return Profile("it is an authority's");
  if (leaf.Extension(kKeyUsage) == nullptr || !leaf.MaySign()) {
    return Profile("its key is not for signatures");
  }
  auto issuer = ReadIssuer(leaf);
  if (!issuer) return issuer.error();
  auto subject = ReadSubject(leaf);
  if (!subject) return subject.error();
  SigningIdentity identity{
      *std::move(issuer), subject->value, subject->kind, {}};
  for (const ClaimNumber& claim : kClaims) {
    auto text = ReadClaim(leaf, claim.number, claim.raw);
    if (!text) return text.error();
    if (*text) identity.claims.emplace(claim.name, **text);
  }
  return identity;
}

std::set<std::string, std::less<>> SigningIdentity::ClaimNames() {
  std::set<std::string, std::less<>> names;
  for (const ClaimNumber& claim : kClaims) names.emplace(claim.name);
  return names;
}

std::vector<IdentityMatcher> IdentityMatcher::Read(TomlReader& table,
                                                   Diagnostics& diagnostics) {
  std::vector<IdentityMatcher> matchers;
  const auto tables = table.Tables("identities");
  if (tables.empty()) table.Missing("identities");
  for (const Toml* one : tables) {
    auto matcher = ReadMatcher(*one, diagnostics);
    if (matcher) matchers.push_back(*std::move(matcher));
  }
  return matchers;
}

bool IdentityMatcher::Matches(const SigningIdentity& identity) const {
  if (identity.issuer.empty() || !issuer.Matches(identity.issuer) ||
      !subject.Matches(identity.subject) ||
      kind.value_or(identity.kind) != identity.kind) {
    return false;
  }
  return std::all_of(claims.begin(), claims.end(), [&](const auto& wanted) {
    const auto found = identity.claims.find(wanted.first);
    return found != identity.claims.end() &&
           wanted.second.Matches(found->second);
  });
}

std::string IdentityMatcher::str() const {
  std::string text = "subject " + subject.str() + " of issuer " + issuer.str();
  for (const auto& [name, pattern] : claims) {
    text += ", " + name + " " + pattern.str();
  }
  return text;
}

}  // namespace assay
