#include "core/schemes/sigstore/certificate_signer.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "core/schemes/signer_window.h"
#include "core/schemes/sigstore/certified_signature.h"

namespace assay {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// RFC 6125 section 6.4: letters of any case, and one label for a `*` that is
// the whole first label.
bool NamesHost(std::string_view name, std::string_view host) {
  const std::string pattern = LowerCase(name);
  const std::string wanted = LowerCase(host);
  if (pattern == wanted) return true;
  const std::size_t dot = wanted.find('.');
  return pattern.starts_with("*.") && dot != std::string::npos && dot > 0 &&
         std::string_view(wanted).substr(dot) ==
             std::string_view(pattern).substr(1);
}

bool HasName(const Certificate& leaf, AlternativeName::Kind kind,
             const std::string& wanted) {
  const auto& names = leaf.alternative_names();
  return std::any_of(names.begin(), names.end(), [&](const auto& name) {
    if (name.kind != kind) return false;
    return kind == AlternativeName::Kind::kDns ? NamesHost(name.value, wanted)
                                               : name.value == wanted;
  });
}

// Of whoever holds the certificate, whichever of its names a policy asks for.
std::string IdentityOf(const Certificate& leaf) {
  std::set<std::string> names;
  for (const AlternativeName& name : leaf.alternative_names()) {
    const bool host = name.kind == AlternativeName::Kind::kDns;
    names.insert(host ? LowerCase(name.value) : name.value);
  }
  std::string identity = "certificate:";
  for (const std::string& name : names) identity += " " + name;
  return identity;
}

}  // namespace

std::string SigstoreCertificateSigner::Summary() const {
  std::string text = "certificate of";
  for (const std::string& name : {policy_.email, policy_.host}) {
    if (!name.empty()) text += " " + name;
  }
  return text + policy_.claims.Summary();
}

Status SigstoreCertificateSigner::CheckNames(const Certificate& leaf) const {
  using Kind = AlternativeName::Kind;
  if (!policy_.email.empty() && !HasName(leaf, Kind::kEmail, policy_.email)) {
    return Fail(Reason::kIdentityMismatch,
                "the certificate is not one of " + policy_.email);
  }
  if (!policy_.host.empty() && !HasName(leaf, Kind::kDns, policy_.host)) {
    return Fail(Reason::kIdentityMismatch,
                "the certificate is not one of " + policy_.host);
  }
  return Ok();
}

Result<std::optional<Time>> SigstoreCertificateSigner::FindPath(
    const Certificate& leaf, std::vector<Certificate> hints, Time now) const {
  hints.insert(hints.end(), policy_.intermediates.begin(),
               policy_.intermediates.end());
  Error why = Fail(Reason::kCertificateUntrusted, "no authority issued it");
  for (const CertificateAuthority& authority : policy_.authorities) {
    const auto path = authority.Verify(leaf, kCodeSigning, hints);
    const Status valid =
        path ? authority.ValidAt(*path, now) : Status(path.error());
    if (!valid) {
      if (why.reason == Reason::kCertificateUntrusted) why = valid.error();
      continue;
    }
    std::optional<Time> until;
    for (const Certificate& one : path->certificates) {
      until = Earlier(until, one.validity().end);
    }
    return until;
  }
  return why;
}

Result<SigstoreSigner::Match> SigstoreCertificateSigner::Judge(
    const Candidate& candidate, Time now, const ReadClaim& read) const {
  const auto signature = CertifiedSignature::Of(candidate, policy_.use);
  if (!signature) return signature.error();
  const auto claim = read();
  if (!claim) return claim.error();
  const auto until = FindPath(signature->leaf, signature->hints, now);
  if (!until) return until.error();
  const auto named = CheckNames(signature->leaf);
  if (!named) return named.error();
  // Who holds two certificates is one signer.
  return Match{IdentityOf(signature->leaf), *until};
}

}  // namespace assay
