#include "core/schemes/sigstore/sigstore_signer.h"

#include <array>

#include "core/schemes/sigstore/statement.h"

namespace assay {
namespace {

constexpr auto kAlgorithms = std::to_array(
    {HashAlgorithm::kSha256, HashAlgorithm::kSha512, HashAlgorithm::kSha384});

// A signature over the artifact itself says so by verifying: any digest will
// do as its name.
Result<Digest> AnyDigest(const SignedMessage& artifact) {
  for (const auto algorithm : kAlgorithms) {
    if (const Digest* digest = artifact.By(algorithm)) return *digest;
  }
  return Fail(Reason::kArtifactNeeded);
}

// The artifact's digest that a subject of the statement has.
Result<Digest> NamedDigest(const SignedMessage& artifact,
                           const Statement& statement) {
  bool untold = false;
  for (const StatementSubject& subject : statement.subjects) {
    bool comparable = false;
    bool unknown = false;
    for (const auto algorithm : kAlgorithms) {
      if (!subject.digests.contains(std::string(HashName(algorithm)))) continue;
      const Digest* digest = artifact.By(algorithm);
      if (digest != nullptr && subject.Names(*digest)) return *digest;
      (digest != nullptr ? comparable : unknown) = true;
    }
    untold |= unknown && !comparable;
  }
  if (untold) {
    return Fail(Reason::kArtifactNeeded,
                "a subject of the statement has digests of other kinds");
  }
  return Fail(Reason::kSignatureOtherImage,
              "no subject of the statement has its digest");
}

Result<Digest> JudgeArtifact(const SignedMessage& artifact,
                             const Candidate& candidate) {
  if (!candidate.envelope) return AnyDigest(artifact);
  const auto statement = Statement::Parse(candidate.envelope->payload);
  if (!statement) return statement.error();
  return NamedDigest(artifact, *statement);
}

Status Store(Result<Digest> found, std::optional<Digest>& place) {
  if (!found) return found.error();
  place = *std::move(found);
  return Ok();
}

}  // namespace

EvidencePlaces SigstoreSigner::Places() const {
  EvidencePlaces places;
  places.cosign_tag = true;
  places.referrers = true;
  return places;
}

std::optional<EvidencePlaces> SigstoreSigner::StatementPlaces() const {
  EvidencePlaces places;
  places.attestation_tag = true;
  places.referrers = true;
  return places;
}

void SigstoreSigner::Verify(const SigningTarget& target,
                            std::span<const UntrustedArtifact> artifacts,
                            Findings& findings) const {
  VisitCandidates(artifacts, target, [&](const FoundCandidate& found) {
    VerifyOne(target, found, findings);
  });
}

void SigstoreSigner::VerifyOne(const SigningTarget& target,
                               const FoundCandidate& found,
                               Findings& findings) const {
  const Result<Candidate>& candidate = found.result;
  // For a signer that did not look at what was signed.
  Result<Claim> claim = Fail(Reason::kInternal);
  auto match = candidate ? Judge(*candidate, target.now,
                                 [&] {
                                   claim = claims().Judge(target, *candidate);
                                   return claim ? Ok() : claim.error();
                                 })
                         : Result<Match>(candidate.error());
  if (!match || !claim) {
    findings.failed.push_back({name(), found.where,
                               match ? claim.error() : match.error(),
                               found.claimed_type});
    return;
  }
  VerifiedSignature signature =
      Verified(std::move(match->identity), std::move(claim->target),
               found.where, match->until);
  if (!claim->statement) {
    findings.verified.push_back(std::move(signature));
    return;
  }
  findings.statements.push_back(Attested(
      std::move(signature), std::move(claim->statement->predicate_type),
      Digest::Of(candidate->envelope->payload),
      std::move(claim->statement->predicate)));
}

Result<VerifiedArtifact> SigstoreSigner::VerifyArtifact(
    const SignedMessage& artifact, std::string_view bundle,
    const std::string& where, Time now) const {
  const auto candidate = ReadArtifactBundle(bundle, artifact);
  if (!candidate) return candidate.error();
  std::optional<Digest> digest;
  auto match = Judge(*candidate, now, [&] {
    return Store(JudgeArtifact(artifact, *candidate), digest);
  });
  if (!match) return match.error();
  // A signer that did not look at what was signed.
  if (!digest) return Fail(Reason::kInternal);
  return VerifiedArtifact{Verified(std::move(match->identity),
                                   *std::move(digest), where, match->until),
                          std::move(match->witnesses)};
}

}  // namespace assay
