#include "core/schemes/notation/certificate_profile.h"

#include <array>

#include "base/limits.h"
#include "core/trust/certificate_details.h"

namespace assay {
namespace {

// RFC 5280 section 4.2.1.12: purposes that a code-signing certificate must not
// have besides.
constexpr auto kForeignPurposes = std::to_array<std::string_view>({
    "2.5.29.37.0",        // any
    "1.3.6.1.5.5.7.3.1",  // TLS server
    "1.3.6.1.5.5.7.3.2",  // TLS client
    "1.3.6.1.5.5.7.3.4",  // mail
    "1.3.6.1.5.5.7.3.8",  // time stamps
    "1.3.6.1.5.5.7.3.9",  // OCSP
});

Error Bad(const Certificate& one, std::string_view what) {
  return Fail(Reason::kCertificateProfile,
              one.Subject() + " " + std::string(what));
}

bool IsSelfSigned(const Certificate& one) {
  return CheckIssued(one, one).has_value();
}

// `below` is how many authorities stand between it and the leaf.
Status CheckAuthority(const Certificate& one, std::int64_t below) {
  const auto constraints = BasicConstraintsOf(one);
  if (!constraints || !constraints->critical || !constraints->authority) {
    return Bad(one, "is not marked as an authority, critically");
  }
  if (constraints->path_length && *constraints->path_length < below) {
    return Bad(one, "may not stand so far above the leaf");
  }
  const auto usage = KeyUsageOf(one);
  if (!usage || !usage->critical || !usage->signs_certificates) {
    return Bad(one, "is not marked for signing certificates, critically");
  }
  return Ok();
}

Status CheckPurposes(const Certificate& leaf, ChainUse use) {
  if (use == ChainUse::kStamping) {
    if (leaf.OnlyPurpose(kTimeStamping)) return Ok();
    return Bad(leaf, "is not for time stamps alone, critically");
  }
  for (const auto purpose : kForeignPurposes) {
    if (leaf.HasPurpose(purpose)) {
      return Bad(leaf, "has the purpose " + std::string(purpose));
    }
  }
  return Ok();
}

Status CheckLeaf(const Certificate& leaf, ChainUse use) {
  const auto constraints = BasicConstraintsOf(leaf);
  if (constraints && constraints->authority) {
    return Bad(leaf, "is an authority and signed");
  }
  const auto usage = KeyUsageOf(leaf);
  const bool must_be_critical = use == ChainUse::kSigning;
  if (!usage || (must_be_critical && !usage->critical)) {
    return Bad(leaf, "does not say, critically, what its key is for");
  }
  if (!usage->digital_signature) return Bad(leaf, "may not sign");
  if (usage->signs_certificates || usage->other) {
    return Bad(leaf, "has a key usage besides signing");
  }
  const auto key = leaf.Key();
  if (!key) return key.error();
  if (key->kind() == KeyKind::kEd25519) {
    return Fail(Reason::kKeyUnsupported, std::string(KeyKindName(key->kind())));
  }
  return CheckPurposes(leaf, use);
}

}  // namespace

Result<std::vector<Certificate>> ReadChain(
    std::span<const std::string> certificates) {
  std::vector<Certificate> chain;
  for (const std::string& der : certificates) {
    auto one = Certificate::ParseDer(der);
    if (!one) return one.error();
    chain.push_back(*std::move(one));
  }
  return chain;
}

Status CheckChain(std::span<const Certificate> chain, ChainUse use) {
  if (chain.empty()) return Fail(Reason::kCertificateProfile, "no certificate");
  const auto leaf = CheckLeaf(chain.front(), use);
  if (!leaf) return leaf.error();
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (IsSelfSigned(chain[i])) {
      return Bad(chain[i], "is self-signed, but not the last one");
    }
    const auto issued = CheckIssued(chain[i], chain[i + 1]);
    if (!issued) return issued.error();
    const auto authority =
        CheckAuthority(chain[i + 1], static_cast<std::int64_t>(i));
    if (!authority) return authority.error();
  }
  if (!IsSelfSigned(chain.back())) {
    return Bad(chain.back(), "is the last one, but no self-signed root");
  }
  return Ok();
}

Status CheckValidAt(std::span<const Certificate> chain, Time time) {
  for (const Certificate& one : chain) {
    if (!one.validity().Contains(time)) {
      return Fail(Reason::kCertificateExpired,
                  one.Subject() + " was not valid at " + Rfc3339(time));
    }
  }
  return Ok();
}

}  // namespace assay
