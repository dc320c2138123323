#include "core/schemes/dct/dct_signer.h"

#include <algorithm>

namespace assay {
namespace {

bool IsAmong(const std::vector<Digest>& digests, const Digest& digest) {
  return std::find(digests.begin(), digests.end(), digest) != digests.end();
}

// What the trust data says of the image that was asked for.
Result<dct::FileInfo> FindImage(const dct::Repository& repository,
                                const SigningTarget& target) {
  const Reference& name = target.name;
  if (name.digest() || !name.tag()) {
    for (const Digest& digest : target.digests) {
      const auto* file = repository.FindImage(digest);
      if (file != nullptr) return *file;
    }
    return Fail(Reason::kDctTargetMissing, "no tag stands for it");
  }
  const auto* file = repository.FindTag(*name.tag());
  if (file == nullptr) return Fail(Reason::kDctTargetMissing, *name.tag());
  if (!IsAmong(target.digests, file->sha256)) {
    return Fail(Reason::kDctTargetOther,
                *name.tag() + " is " + file->sha256.str());
  }
  return *file;
}

// The digest binds the image; a length that is another one means that whoever
// signed had something else before them.
Status CheckLength(const dct::FileInfo& image, const SigningTarget& target) {
  if (target.documents == nullptr) return Ok();
  const auto document = target.documents->find(image.sha256);
  if (document == target.documents->end()) return Ok();
  return image.Check(document->second);
}

}  // namespace

EvidencePlaces DctSigner::Places() const {
  EvidencePlaces places;
  places.trust_data = true;
  return places;
}

std::string DctSigner::Summary() const {
  std::string text = judge_->pins().Summary();
  for (const std::string& role : judge_->signers()) text += ", and " + role;
  if (!at_.empty()) text += ", from " + at_;
  return text + window_.Summary();
}

TrustDataPlace DctSigner::PlaceFor(const SigningTarget& target) const {
  return {at_, target.name, target.trust_data.claimed, judge_};
}

Result<VerifiedSignature> DctSigner::Judge(
    const SigningTarget& target, const Result<TrustData>& data) const {
  if (!data) return data.error();
  const auto repository = judge_->Prove(target.name, *data);
  if (!repository) return repository.error();
  const Status valid = repository->JudgeTime(target.now);
  if (!valid) return valid.error();
  const auto image = FindImage(*repository, target);
  if (!image) return image.error();
  const Status length = CheckLength(*image, target);
  if (!length) return length.error();
  std::optional<std::string> tag;
  if (!target.name.digest()) tag = target.name.tag();
  for (const std::string& role : judge_->signers()) {
    const Status vouches = repository->CheckSigner(role, tag, *image);
    if (!vouches) return vouches.error();
  }
  return Verified("key:" + repository->identity().str(), image->sha256,
                  "trust data of " + target.name.Repository(),
                  Earlier(repository->ValidUntil(), window_.until));
}

// What is kept will do for a container that waits. Where it does not do, it is
// asked for, since somebody may have signed meanwhile. Once the place itself
// has answered, what is kept says nothing more. Of two failures that of the
// place itself comes first.
void DctSigner::Verify(const SigningTarget& target,
                       std::span<const UntrustedArtifact> /*artifacts*/,
                       Findings& findings) const {
  if (!target.signatures) return;
  const std::string where = "trust data of " + target.name.Repository();
  const auto fail = [&](const Error& error) {
    findings.failed.push_back({name(), where, error});
  };
  const TrustDataAccess& access = target.trust_data;
  if (const Status open = window_.Judge(target.now); !open) {
    return fail(open.error());
  }
  if (access.source == nullptr) {
    return fail(Fail(Reason::kDctUnavailable, "nobody can be asked for it"));
  }
  const TrustDataPlace place = PlaceFor(target);
  const bool asks = access.fetch_until.has_value();
  std::optional<Result<VerifiedSignature>> fetched;
  bool answered = false;
  const auto fetch = [&] {
    const auto data = access.source->Fetch(place, *access.fetch_until);
    answered = data.has_value();
    fetched = Judge(target, data);
  };
  if (asks && access.anew) fetch();
  Result<VerifiedSignature> found = fetched.value_or(Fail(Reason::kNotFound));
  if (!found && !answered) found = Judge(target, access.source->Kept(place));
  if (!found && asks && !access.anew) fetch();
  if (fetched && *fetched) found = *fetched;
  if (fetched && !*fetched) fail(fetched->error());
  if (found) {
    findings.verified.push_back(*std::move(found));
  } else if (!answered && found.error().reason != Reason::kNotFound) {
    fail(found.error());
  } else if (!fetched) {
    fail(Fail(Reason::kDctUnavailable, "nothing is kept of it"));
  }
}

}  // namespace assay
