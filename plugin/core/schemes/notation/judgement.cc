#include "core/schemes/notation/judgement.h"

#include <algorithm>
#include <utility>

#include "core/schemes/notation/aws_signer.h"
#include "core/schemes/notation/certificate_profile.h"
#include "core/schemes/notation/countersignature.h"
#include "core/schemes/notation/envelope.h"
#include "core/schemes/notation/protected_headers.h"
#include "core/schemes/notation/signed_payload.h"
#include "core/schemes/signer_window.h"
#include "core/trust/revocation/revocation_check.h"

namespace assay {
namespace {

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

// Who signed: the certificate's subject or, where a signing service holds the
// keys of all its customers, the profile.
std::string IdentityOf(const Certificate& leaf,
                       const std::optional<AwsProfile>& profile) {
  if (profile) return "aws-signer:" + profile->profile();
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

class NobodyToAsk final : public RevocationSource {
 public:
  Result<RevocationDocument> Kept(const RevocationPlace& place) override {
    return Fail(Reason::kNotFound, place.url);
  }
  Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                   Deadline /*deadline*/) override {
    return Fail(Reason::kRevocationUnknown, place.url);
  }
};

// One signature under its terms, check by check.
class Judgement {
 public:
  // Borrows all of them.
  Judgement(const NotationTerms& terms, const NotationEnvelope& envelope,
            std::span<const Certificate> chain, const SigningTarget& target)
      : terms_(terms),
        envelope_(envelope),
        chain_(chain),
        target_(target),
        now_(target.now) {}

  // Whether the terms trust the chain for the envelope's scheme.
  Status CheckTrust() {
    const bool vouched = envelope_.scheme == SigningScheme::kSigningAuthority;
    const TrustStore& store =
        vouched ? terms_.signing_authorities : terms_.authorities;
    is_held_ = store.Holds(chain_);
    if (is_held_) return Ok();
    return Weigh(terms_.authenticity, Fail(Reason::kCertificateUntrusted,
                                           chain_.front().Subject() + ", by " +
                                               chain_.back().Subject()));
  }

  // That the leaf's key made the signature, and that it and those above it may
  // be where they are.
  Status CheckMade() {
    Status made = CheckSignature(envelope_, chain_.front());
    if (made) made = CheckChain(chain_, ChainUse::kSigning);
    if (made && !envelope_.plugin.empty()) made = CheckPlugin();
    return made;
  }

  Status CheckIdentity() {
    return Weigh(terms_.authenticity, MatchIdentity(chain_.front()));
  }

  Status CheckExpiry() {
    if (!envelope_.expiry) return Ok();
    if (now_ >= *envelope_.expiry) {
      return Weigh(terms_.expiry,
                   Fail(Reason::kSignatureExpired, Rfc3339(*envelope_.expiry)));
    }
    if (terms_.expiry == CheckAction::kEnforce) EndAt(envelope_.expiry);
    return Ok();
  }

  // A signing authority's time is believed; what nobody vouches for is believed
  // only where a time stamp proves it, and else the certificates must be valid
  // now.
  Status CheckTimes() {
    if (envelope_.scheme == SigningScheme::kSigningAuthority) {
      return Weigh(terms_.times, CheckAuthenticTime());
    }
    const Time end = EndOf(chain_);
    const bool stamped = !terms_.timestamp_authorities.empty() &&
                         (terms_.always_stamped || end <= now_);
    if (stamped) return Weigh(terms_.times, CheckStamp());
    const Status valid = Weigh(terms_.times, CheckValidAt(chain_, now_));
    if (valid && terms_.times == CheckAction::kEnforce) EndAt(end);
    return valid;
  }

  // Last of all: only for certificates that count otherwise is anybody asked,
  // and never where a stranger says. A time stamp's chain ends in a root of the
  // store, whatever is only noted.
  Status CheckNotRevoked() {
    if (profile_) return NoteUnasked();
    const bool vouched = envelope_.scheme == SigningScheme::kSigningAuthority;
    const Status good = CheckRevoked(
        terms_.revocation, chain_,
        is_held_ ? target_.revocation.source : nullptr,
        vouched ? std::optional(envelope_.signing_time) : std::nullopt);
    if (!good || stamp_chain_.empty()) return good;
    return Weigh(terms_.times,
                 CheckRevoked(terms_.stamp_revocation, stamp_chain_,
                              target_.revocation.source, {}));
  }

  const std::optional<Time>& valid_until() const { return valid_until_; }
  const std::optional<AwsProfile>& profile() const { return profile_; }
  std::vector<Error> TakeNoted() { return std::move(noted_); }

 private:
  // A failure refuses, or is only noted.
  Status Weigh(CheckAction action, Status outcome) {
    if (outcome || action == CheckAction::kEnforce) return outcome;
    noted_.push_back(outcome.error());
    return Ok();
  }

  void EndAt(const std::optional<Time>& end) {
    valid_until_ = Earlier(valid_until_, end);
  }

  // No plugin is run. What AWS Signer's does is done here, but for revocation,
  // which only AWS can be asked about.
  Status CheckPlugin() {
    const auto refuse = [&](std::string_view what) {
      return Fail(Reason::kPluginUnsupported,
                  envelope_.plugin + std::string(what));
    };
    if (envelope_.plugin != kAwsPlugin) return refuse("");
    if (terms_.identities.profiles.empty()) {
      return refuse(": no identity is the ARN of a signing profile");
    }
    if (terms_.revocation != RevocationRule::kNote &&
        terms_.revocation != RevocationRule::kOff) {
      return refuse(
          ": only AWS knows of revocation; write revocation = \"off\" or, in a "
          "trust policy, \"override\": {\"revocation\": \"skip\"} or \"log\"");
    }
    auto profile = ReadAwsProfile(envelope_);
    if (!profile) return profile.error();
    profile_ = *std::move(profile);
    return Ok();
  }

  // Of what only AWS could tell.
  Status NoteUnasked() {
    if (terms_.revocation == RevocationRule::kNote) {
      noted_.push_back(Fail(Reason::kRevocationUnknown, "AWS is not asked"));
    }
    return Ok();
  }

  Status MatchProfile() const {
    const auto& wanted = terms_.identities.profiles;
    const bool matches =
        std::any_of(wanted.begin(), wanted.end(),
                    [&](const auto& one) { return one.Matches(*profile_); });
    if (matches) return Ok();
    return Fail(Reason::kIdentityMismatch, "signed by " + profile_->arn());
  }

  Status MatchIdentity(const Certificate& leaf) const {
    if (profile_) return MatchProfile();
    if (terms_.identities.anybody) return Ok();
    const auto& wanted = terms_.identities.subjects;
    const auto subject = DistinguishedName::OfSubject(leaf);
    if (!subject) return subject.error();
    const bool matches =
        std::any_of(wanted.begin(), wanted.end(),
                    [&](const auto& one) { return one.IsWithin(*subject); });
    if (matches) return Ok();
    return Fail(Reason::kIdentityMismatch,
                "signed by '" + subject->str() + "'");
  }

  Status CheckAuthenticTime() const {
    if (envelope_.signing_time > now_) {
      return Fail(Reason::kTimeUnproven,
                  Rfc3339(envelope_.signing_time) + " is still to come");
    }
    return CheckValidAt(chain_, envelope_.signing_time);
  }

  Status CheckStamp() {
    auto stamp = CheckCountersignature(envelope_, terms_.timestamp_authorities);
    if (!stamp) return stamp.error();
    stamp_chain_ = std::move(stamp->chain);
    const Status valid = CheckValidAt(chain_, stamp->time.earliest);
    return valid ? CheckValidAt(chain_, stamp->time.latest) : valid;
  }

  // Without a source nobody is asked.
  Status CheckRevoked(RevocationRule rule, std::span<const Certificate> chain,
                      RevocationSource* source, std::optional<Time> signed_at) {
    if (rule == RevocationRule::kOff) return Ok();
    NobodyToAsk nobody;
    const auto found =
        CheckRevocation(chain, source == nullptr ? nobody : *source,
                        {now_, terms_.revocation_staleness, signed_at,
                         target_.revocation.fetch_until});
    if (found) {
      for (const std::string& subject : found->unasked) {
        noted_.push_back(Fail(Reason::kRevocationUnknown,
                              subject + " names no place to ask"));
      }
      if (rule != RevocationRule::kNote) EndAt(found->until);
      return Ok();
    }
    const bool unknown = found.error().reason == Reason::kRevocationUnknown;
    const bool noted = rule == RevocationRule::kNote ||
                       (rule == RevocationRule::kSoftFail && unknown);
    return Weigh(noted ? CheckAction::kNote : CheckAction::kEnforce,
                 found.error());
  }

  const NotationTerms& terms_;
  const NotationEnvelope& envelope_;
  std::span<const Certificate> chain_;
  const SigningTarget& target_;
  Time now_;
  bool is_held_ = false;                  // the chain, by the store
  std::vector<Certificate> stamp_chain_;  // of the time stamp that was needed
  std::optional<Time> valid_until_;
  std::optional<AwsProfile> profile_;  // set where AWS Signer's plugin is asked
  std::vector<Error> noted_;
};

}  // namespace

bool IsNotation(const UntrustedArtifact& artifact) {
  return artifact.origin == ArtifactOrigin::kReferrer && artifact.manifest &&
         (artifact.manifest->artifact_type == kNotationArtifactType ||
          artifact.manifest->config.media_type == kNotationArtifactType);
}

// What the payload names comes early, since nothing else matters when it is
// another image; and trust comes before signatures, since a stranger's cost
// time.
Result<JudgedSignature> JudgeArtifact(const NotationTerms& terms,
                                      const SigningTarget& target,
                                      const UntrustedArtifact& artifact) {
  const auto envelope = ReadEnvelope(artifact);
  if (!envelope) return envelope.error();
  const auto payload = SignedPayload::Parse(envelope->payload);
  if (!payload) return payload.error();
  const auto names = payload->CheckNames(target);
  if (!names) return names.error();
  const auto chain = ReadChain(envelope->chain);
  if (!chain) return chain.error();

  Judgement judgement(terms, *envelope, *chain, target);
  Status holds = judgement.CheckTrust();
  if (holds) holds = judgement.CheckMade();
  if (holds) holds = judgement.CheckIdentity();
  if (holds) holds = judgement.CheckExpiry();
  if (holds) holds = judgement.CheckTimes();
  if (holds) holds = judgement.CheckNotRevoked();
  if (!holds) return holds.error();
  return JudgedSignature{IdentityOf(chain->front(), judgement.profile()),
                         payload->artifact.digest, judgement.valid_until(),
                         judgement.TakeNoted()};
}

}  // namespace assay
