#include "core/schemes/notation/notation_signer.h"

#include <algorithm>

#include "base/limits.h"
#include "core/schemes/notation/certificate_profile.h"
#include "core/schemes/notation/countersignature.h"
#include "core/schemes/notation/signed_payload.h"

namespace assay {
namespace {

constexpr std::string_view kAnybody = "*";

// Both generations: the artifact type, or the config's media type.
bool IsNotation(const UntrustedArtifact& artifact) {
  return artifact.origin == ArtifactOrigin::kReferrer && artifact.manifest &&
         (artifact.manifest->artifact_type == kNotationArtifactType ||
          artifact.manifest->config.media_type == kNotationArtifactType);
}

// The one envelope of an artifact.
Result<NotationEnvelope> ReadEnvelope(const UntrustedArtifact& artifact) {
  if (artifact.blobs.size() != 1) {
    return Fail(
        Reason::kEnvelopeMalformed,
        std::to_string(artifact.blobs.size()) + " envelopes in one artifact");
  }
  const UntrustedBlob& blob = artifact.blobs.front();
  if (!blob.descriptor.digest.Matches(blob.bytes)) {
    return Fail(Reason::kEvidenceTampered, blob.descriptor.digest.str());
  }
  return ParseEnvelope(blob.descriptor.media_type, blob.bytes);
}

std::string IdentityOf(const Certificate& leaf) {
  const auto name = DistinguishedName::OfSubject(leaf);
  return "x509.subject:" + (name ? name->str() : leaf.Subject());
}

// When the first of the certificates no longer counts.
Time EndOf(std::span<const Certificate> chain) {
  Time end = Time::max();
  for (const Certificate& one : chain) {
    end = std::min(end, *one.validity().end + std::chrono::seconds(1));
  }
  return end;
}

std::optional<std::vector<DistinguishedName>> ReadIdentities(
    TomlReader& table) {
  constexpr std::string_view kKey = "identities";
  std::vector<DistinguishedName> identities;
  const auto texts = table.Strings(kKey);
  if (!texts || texts->empty()) {
    table.Missing(kKey);
    return std::nullopt;
  }
  if (texts->size() == 1 && texts->front() == kAnybody) return identities;
  for (const std::string& text : *texts) {
    auto name = DistinguishedName::Parse(text);
    if (!name) {
      table.Complain(kKey, "'" + text + "': " + name.error().detail);
      return std::nullopt;
    }
    for (const DistinguishedName& other : identities) {
      if (!name->IsWithin(other) && !other.IsWithin(*name)) continue;
      table.Complain(kKey, "'" + text + "' and '" + other.str() +
                               "' overlap: one holds all of the other");
      return std::nullopt;
    }
    identities.push_back(*std::move(name));
  }
  return identities;
}

bool ReadAlways(TomlReader& table, bool stamping) {
  constexpr std::string_view kKey = "verify_timestamp";
  const auto text = table.String("verify_timestamp");
  if (!text) return true;
  if (!stamping) {
    table.Complain(kKey, "it means nothing without 'timestamp_authorities'");
  } else if (*text != "always" && *text != "after-expiry") {
    table.Complain(kKey, "it must be \"always\" or \"after-expiry\"");
  }
  return *text != "after-expiry";
}

}  // namespace

EvidencePlaces NotationSigner::Places() const {
  EvidencePlaces places;
  places.referrers = true;
  return places;
}

std::string NotationSigner::Summary() const {
  std::string text;
  for (const DistinguishedName& identity : policy_.identities) {
    if (!text.empty()) text += " or ";
    text += identity.str();
  }
  if (text.empty()) text = "anybody of its authorities";
  const auto count = [&](const TrustStore& store, std::string_view what) {
    if (store.empty()) return;
    text += ", " + std::to_string(store.certificates().size()) + " " +
            std::string(what);
  };
  count(policy_.authorities, "trusted certificates");
  count(policy_.signing_authorities, "signing authorities' certificates");
  count(policy_.timestamp_authorities, "time-stamping authorities");
  return text + policy_.window.Summary();
}

void NotationSigner::Verify(const SigningTarget& target,
                            std::span<const UntrustedArtifact> artifacts,
                            Findings& findings) const {
  std::size_t left = limits::kSignaturesTried;
  for (const UntrustedArtifact& artifact : artifacts) {
    if (!IsNotation(artifact)) continue;
    if (left-- == 0) {
      findings.failed.push_back(
          {name(), artifact.where,
           Fail(Reason::kEvidenceTooMany, "signatures of an image")});
      return;
    }
    auto verified = Judge(target, artifact);
    if (verified) {
      findings.verified.push_back(*std::move(verified));
    } else {
      findings.failed.push_back({name(), artifact.where, verified.error()});
    }
  }
}

// The order of the specification's own implementation, but for two: what the
// payload names comes early, since nothing else matters when it is another
// image; and trust comes before signatures, since a stranger's cost time.
Result<VerifiedSignature> NotationSigner::Judge(
    const SigningTarget& target, const UntrustedArtifact& artifact) const {
  const auto envelope = ReadEnvelope(artifact);
  if (!envelope) return envelope.error();
  const auto payload = SignedPayload::Parse(envelope->payload);
  if (!payload) return payload.error();
  const auto names = payload->CheckNames(target);
  if (!names) return names.error();
  const auto chain = ReadChain(envelope->chain);
  if (!chain) return chain.error();
  const auto trusted = CheckTrust(envelope->scheme, *chain);
  if (!trusted) return trusted.error();
  const auto signature = CheckSignature(*envelope, chain->front());
  if (!signature) return signature.error();
  const auto profile = CheckChain(*chain, ChainUse::kSigning);
  if (!profile) return profile.error();
  if (!envelope->plugin.empty()) {
    return Fail(Reason::kPluginUnsupported, envelope->plugin);
  }
  const auto identity = CheckIdentity(chain->front());
  if (!identity) return identity.error();

  if (envelope->expiry && target.now >= *envelope->expiry) {
    return Fail(Reason::kSignatureExpired, Rfc3339(*envelope->expiry));
  }
  const auto window = policy_.window.Judge(target.now);
  if (!window) return window.error();
  const auto end = CheckTimes(*envelope, *chain, target.now);
  if (!end) return end.error();
  return Verified(
      IdentityOf(chain->front()), payload->artifact.digest, artifact.where,
      Earlier(policy_.window.until, Earlier(envelope->expiry, *end)));
}

Status NotationSigner::CheckTrust(SigningScheme scheme,
                                  std::span<const Certificate> chain) const {
  const bool vouched = scheme == SigningScheme::kSigningAuthority;
  const TrustStore& store =
      vouched ? policy_.signing_authorities : policy_.authorities;
  if (store.Holds(chain)) return Ok();
  return Fail(Reason::kCertificateUntrusted,
              chain.front().Subject() + ", by " + chain.back().Subject());
}

Status NotationSigner::CheckIdentity(const Certificate& leaf) const {
  if (policy_.identities.empty()) return Ok();
  const auto subject = DistinguishedName::OfSubject(leaf);
  if (!subject) return subject.error();
  const auto& wanted = policy_.identities;
  const bool matches =
      std::any_of(wanted.begin(), wanted.end(),
                  [&](const auto& one) { return one.IsWithin(*subject); });
  if (matches) return Ok();
  return Fail(Reason::kIdentityMismatch, "signed by '" + subject->str() + "'");
}

// A signing authority's time is believed; what nobody vouches for is believed
// only where a time stamp proves it, and else the certificates must be valid
// now.
Result<std::optional<Time>> NotationSigner::CheckTimes(
    const NotationEnvelope& envelope, std::span<const Certificate> chain,
    Time now) const {
  if (envelope.scheme == SigningScheme::kSigningAuthority) {
    if (envelope.signing_time > now) {
      return Fail(Reason::kTimeUnproven,
                  Rfc3339(envelope.signing_time) + " is still to come");
    }
    const auto valid = CheckValidAt(chain, envelope.signing_time);
    if (!valid) return valid.error();
    return std::optional<Time>();
  }
  const Time end = EndOf(chain);
  const bool stamped = !policy_.timestamp_authorities.empty() &&
                       (policy_.always_stamped || end <= now);
  if (!stamped) {
    const auto valid = CheckValidAt(chain, now);
    if (!valid) return valid.error();
    return std::optional<Time>(end);
  }
  const auto time =
      CheckCountersignature(envelope, policy_.timestamp_authorities);
  if (!time) return time.error();
  for (const Time at : {time->earliest, time->latest}) {
    const auto valid = CheckValidAt(chain, at);
    if (!valid) return valid.error();
  }
  return std::optional<Time>();
}

std::unique_ptr<Signer> NotationSigner::Read(const std::string& name,
                                             const Toml& table,
                                             TrustFiles& files,
                                             Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto authorities = TrustStore::Read(reader, "trust_store", files);
  auto signing = TrustStore::Read(reader, "signing_authorities", files);
  auto stamping = TrustStore::Read(reader, "timestamp_authorities", files);
  const auto always = ReadAlways(reader, stamping && !stamping->empty());
  auto identities = ReadIdentities(reader);
  const auto window = SignerWindow::Read(reader);
  if (authorities && signing && authorities->empty() && signing->empty()) {
    reader.Missing("trust_store");
  }
  reader.Finish();
  if (diagnostics.size() != before || !authorities || !signing || !identities) {
    return nullptr;
  }
  return std::make_unique<NotationSigner>(
      name, NotationPolicy{*std::move(authorities), *std::move(signing),
                           *std::move(stamping), always, *std::move(identities),
                           window});
}

}  // namespace assay
