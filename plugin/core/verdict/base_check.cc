#include "core/verdict/base_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error_text.h"
#include "base/limits.h"
#include "core/verdict/base_image.h"
#include "core/verdict/signature_check.h"

namespace assay {
namespace {

// An image whose layers are the subject's lowest ones.
struct Candidate {
  UntrustedBase source;
  BaseImage base;
};

Error Unavailable(const Error& why) {
  if (why.reason == Reason::kDeadline) return why;
  return Fail(Reason::kBaseUnavailable, ErrorText(why));
}

bool Contains(const std::vector<Digest>& digests, const Digest& digest) {
  return std::find(digests.begin(), digests.end(), digest) != digests.end();
}

// Whether one of the names is of this repository.
bool IsOneOf(const Reference& name, const std::vector<Reference>& names) {
  return std::any_of(names.begin(), names.end(), [&](const Reference& other) {
    return other.Repository() == name.Repository();
  });
}

void AddOnce(const Reference& name, std::vector<Reference>& names) {
  if (!IsOneOf(name, names)) names.push_back(name);
}

// One search for the base of one image.
class BaseCheck {
 public:
  BaseCheck(BaseLibrary& bases, EvidenceSource& evidence, const BaseCase& one,
            Trail& trail)
      : bases_(bases), evidence_(evidence), case_(one), trail_(trail) {}

  Result<ProvenBase> Run() {
    auto config = ReadConfig();
    if (!config) return config.error();
    const auto hint = ReadBaseHint(case_.image.content, *config);
    FindCandidates(*config, hint);
    CollectSignatures();
    for (const Candidate& candidate : candidates_) {
      if (auto proven = Prove(candidate)) {
        Keep(candidate, *proven);
        return *std::move(proven);
      }
    }
    // A base that is run as it is has itself below.
    if (auto proven = ProveItself(*config)) return *std::move(proven);
    return WhyNone(hint);
  }

 private:
  Result<ImageConfig> ReadConfig() {
    const Digest& digest = case_.subject.config;
    auto bytes =
        bases_.Config(case_.question, case_.subject, case_.name, case_.reach);
    if (!bytes) {
      const bool unsure = IsUndetermined(bytes.error());
      return unsure ? Unavailable(bytes.error()) : bytes.error();
    }
    if (!digest.Matches(*bytes)) {
      return Fail(Reason::kConfigDigestMismatch, digest.str());
    }
    return ImageConfig::Parse(*bytes);
  }

  void FindCandidates(const ImageConfig& config,
                      const std::optional<BaseHint>& hint) {
    BaseSet found = bases_.Find({case_.question, case_.subject, case_.name,
                                 case_.image, config, hint, case_.reach});
    failures_ = std::move(found.failures);
    for (UntrustedBase& source : found.candidates) {
      if (candidates_.size() >= limits::kBaseCandidates) break;
      auto base = BaseImage::Open(source);
      if (!base) {
        mismatch_ = base.error();
      } else if (!LiesBelow(base->diff_ids, config.diff_ids)) {
        mismatch_ = Fail(Reason::kBaseMismatch, base->image.manifest.str());
      } else {
        candidates_.push_back({std::move(source), *std::move(base)});
      }
    }
  }

  // Every candidate is looked for where it is said to come from, and where the
  // image itself comes from.
  void CollectSignatures() {
    if (candidates_.empty()) return;
    std::vector<Reference> places = {case_.name};
    for (const Candidate& candidate : candidates_) {
      for (const Reference& name : candidate.source.names) {
        if (places.size() < limits::kBaseRepositories) AddOnce(name, places);
      }
    }
    for (const Reference& place : places) CollectAt(place);
  }

  void CollectAt(const Reference& place) {
    const bool own = place.Repository() == case_.name.Repository();
    std::vector<Digest> targets;
    for (const Candidate& candidate : candidates_) {
      if (!own && !IsOneOf(place, candidate.source.names)) continue;
      for (const Digest& digest : candidate.base.SignableDigests()) {
        if (!Contains(targets, digest)) targets.push_back(digest);
      }
    }
    Collect(place, targets);
  }

  void Collect(const Reference& place, const std::vector<Digest>& targets) {
    const bool claimed = place.host() != case_.name.host();
    EvidenceSet found =
        evidence_.Collect({place, targets, PlacesOf(case_.requirement),
                           case_.reach, case_.question.deadline, claimed});
    for (UntrustedArtifact& artifact : found.artifacts) {
      // What is stored comes along with every repository.
      if (seen_.emplace(artifact.target, artifact.where).second) {
        artifacts_.push_back(std::move(artifact));
      }
    }
    std::move(found.failures.begin(), found.failures.end(),
              std::back_inserter(failures_));
  }

  std::optional<ProvenBase> Prove(const Candidate& candidate) {
    std::vector<Reference> names;
    for (const Reference& name : candidate.source.names) AddOnce(name, names);
    AddOnce(case_.name, names);
    std::optional<Error> unmet;
    for (const Reference& name : names) {
      auto proven = Satisfied(name, candidate.base);
      if (proven) return *std::move(proven);
      if (!unmet || IsDeeper(proven.error(), *unmet)) unmet = proven.error();
    }
    if (!unsigned_) {
      unsigned_ = WithContext(*std::move(unmet), names.front().Repository() +
                                                     "@" + Id(candidate.base));
    }
    return std::nullopt;
  }

  std::optional<ProvenBase> ProveItself(const ImageConfig& config) {
    if (config.diff_ids.empty()) return std::nullopt;
    Collect(case_.name, case_.subject.SignableDigests());
    auto proven = Satisfied(
        case_.name, {case_.image, config.diff_ids, case_.subject.documents});
    if (!proven) return std::nullopt;
    return *std::move(proven);
  }

  TrustDataAccess TrustDataOf(const Reference& name) const {
    TrustDataAccess access = case_.trust_data;
    access.claimed = name.host() != case_.name.host();
    return access;
  }

  static std::string Id(const BaseImage& base) {
    return base.image.manifest.str();
  }

  Result<ProvenBase> Satisfied(const Reference& name, const BaseImage& base) {
    const std::vector<Digest> digests = base.SignableDigests();
    std::vector<UntrustedArtifact> artifacts;
    std::copy_if(artifacts_.begin(), artifacts_.end(),
                 std::back_inserter(artifacts), [&](const auto& artifact) {
                   return Contains(digests, artifact.target);
                 });
    SigningTarget target{name,
                         digests,
                         case_.question.now,
                         &base.documents,
                         case_.revocation,
                         TrustDataOf(name)};
    target.manifests = {base.image.manifest};
    target.pod_namespace = case_.subject.workload.pod_namespace;
    const Findings findings = VerifyAll(case_.requirement, target, artifacts);
    trail_.failed.insert(trail_.failed.end(), findings.failed.begin(),
                         findings.failed.end());
    auto used = assay::Satisfy(case_.requirement, base.image, findings,
                               case_.question.now);
    if (!used) return WhyNot(used.error(), findings, {});
    if (used->empty()) return Fail(Reason::kInternal, "satisfied by nobody");
    return ProvenBase{base.image.manifest, name, *std::move(used)};
  }

  void Keep(const Candidate& candidate, const ProvenBase& proven) {
    if (candidate.source.stored) return;
    const Status kept =
        bases_.Keep(case_.image.manifest, proven.name, candidate.source);
    if (!kept) trail_.failures.push_back(kept.error());
  }

  // What could not be read comes first: it might have been the base.
  Error WhyNone(const std::optional<BaseHint>& hint) {
    trail_.failures.insert(trail_.failures.end(), failures_.begin(),
                           failures_.end());
    for (const Error& failure : failures_) {
      if (IsUndetermined(failure)) return Unavailable(failure);
    }
    if (unsigned_ && IsUndetermined(*unsigned_)) return *unsigned_;
    if (unsigned_) {
      return Fail(Reason::kBaseUnsigned, ErrorText(*unsigned_));
    }
    if (mismatch_) return Fail(Reason::kBaseMismatch, mismatch_->detail);
    return Fail(Reason::kBaseMissing,
                hint ? "it names " + hint->str() : "it names none");
  }

  BaseLibrary& bases_;
  EvidenceSource& evidence_;
  const BaseCase& case_;
  Trail& trail_;
  std::vector<Candidate> candidates_;
  std::vector<UntrustedArtifact> artifacts_;
  std::set<std::pair<Digest, std::string>> seen_;
  std::vector<Error> failures_;
  std::optional<Error> mismatch_;
  std::optional<Error> unsigned_;
};

}  // namespace

Result<ProvenBase> CheckBase(BaseLibrary& bases, EvidenceSource& evidence,
                             const BaseCase& one, Trail& trail) {
  return BaseCheck(bases, evidence, one, trail).Run();
}

}  // namespace assay
