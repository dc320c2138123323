#include "core/verdict/verifier.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/signer_window.h"
#include "core/verdict/base_check.h"
#include "core/verdict/signature_check.h"
#include "core/verdict/verifier_case.h"

namespace assay {

namespace {

Trail NewTrail(const std::shared_ptr<const Subject>& subject,
               const Policy& policy, const Reference& name) {
  Trail trail = NewTrail(policy);
  trail.subject = subject;
  trail.name = name.str();
  return trail;
}

// Of two refusals of one subject under different names, the one to report: an
// audited one lets the container start, an unsure one may end otherwise.
bool Outweighs(const Verdict& verdict, const Verdict& than) {
  const auto rank = [](const Verdict& one) {
    return std::pair(one.trail().mode == Mode::kAudit,
                     one.ending() == Ending::kUndetermined);
  };
  return rank(verdict) > rank(than);
}

// What the policy says of one name. For a pull, whose pod is not known, also
// what it says for each namespace that a rule names.
std::vector<Result<Selection>> SelectionsOf(const Policy& policy,
                                            const Question& question,
                                            const Subject& subject,
                                            const Reference& name) {
  const std::vector<Digest> content = subject.SignableDigests();
  std::vector<Result<Selection>> selections{
      policy.Select(name, subject.workload.pod_namespace, content)};
  if (!IsForAnyNamespace(question)) return selections;
  for (Selection& one : policy.SelectNamespaced(name, content)) {
    selections.emplace_back(one);
  }
  return selections;
}

void KeepDeepest(std::optional<Error>& kept, Error error) {
  if (!kept || IsDeeper(error, *kept)) kept = std::move(error);
}

}  // namespace

Verdict Verifier::Decide(const Question& question,
                         const std::shared_ptr<const Policy>& policy) const {
  const auto subject = Establish(question, policy);
  if (!subject) return Refuse(subject.error(), policy);
  return DecideSubject(question, *subject, policy);
}

Result<std::shared_ptr<const Subject>> Verifier::Establish(
    const Question& question,
    const std::shared_ptr<const Policy>& policy) const {
  if (policy == nullptr) return Fail(Reason::kPolicyMissing);
  const std::int64_t now = question.now.time_since_epoch().count();
  if (now < limits::kEarliestPlausibleTime) {
    return Fail(Reason::kClockImplausible);
  }
  Result<Subject> subject = resolver_.Resolve(question);
  if (!subject) return subject.error();
  return std::make_shared<const Subject>(*std::move(subject));
}

Verdict Verifier::Refuse(Error why,
                         const std::shared_ptr<const Policy>& policy) {
  return Verdict(std::move(why),
                 policy == nullptr ? Trail{} : NewTrail(*policy));
}

Verdict Verifier::DecideSubject(
    const Question& question, const std::shared_ptr<const Subject>& subject,
    const std::shared_ptr<const Policy>& policy) const {
  if (policy == nullptr) return Verdict(Fail(Reason::kPolicyMissing));
  Verdict verdict = DecideImage(question, subject, *policy);
  for (const Subject& volume : subject->volumes) {
    verdict = WithVolume(std::move(verdict),
                         DecideImage(question, {subject, &volume}, *policy),
                         volume.mounted_at);
  }
  return verdict;
}

Verdict Verifier::DecideImage(const Question& question,
                              const std::shared_ptr<const Subject>& subject,
                              const Policy& policy) const {
  std::optional<Verdict> refusal;
  std::optional<Verdict> excepted;
  for (const Reference& name : subject->names) {
    for (const auto& selection :
         SelectionsOf(policy, question, *subject, name)) {
      Verdict verdict(Fail(Reason::kInternal));
      if (selection) {
        const Case one{question, subject, policy, name, *selection};
        verdict = DecideName(one);
        if (!verdict.accepted() && !excepted) excepted = Except(one, verdict);
      } else {
        verdict = Verdict(selection.error(), NewTrail(subject, policy, name));
      }
      if (verdict.accepted()) return verdict;
      if (!refusal || Outweighs(verdict, *refusal)) {
        refusal = std::move(verdict);
      }
    }
  }
  if (excepted) return *std::move(excepted);
  if (!refusal) return Verdict(Fail(Reason::kSubjectNoName));
  return *std::move(refusal);
}

Verdict Verifier::DecideName(const Case& one) const {
  Trail trail = NewTrail(one.subject, one.policy, one.name);
  trail.rule = RuleText(one.selection.rule);
  trail.mode = one.selection.mode;
  if (one.selection.rule != nullptr && one.selection.rule->require) {
    trail.places = PlacesOf(*one.selection.rule->require);
  }
  const bool by_default = one.selection.rule == nullptr;
  switch (one.selection.action) {
    case Action::kRequire:
      return Require(one, std::move(trail));
    case Action::kAllow:
      return Accept(
          one, by_default ? Reason::kAllowedByDefault : Reason::kAllowedByRule,
          std::move(trail));
    case Action::kReject:
      break;
  }
  return Verdict(
      Fail(by_default ? Reason::kNoRuleMatches : Reason::kRuleRejects),
      std::move(trail));
}

Verdict Verifier::Require(const Case& one, Trail trail) const {
  if (one.selection.rule == nullptr || !one.selection.rule->require) {
    return Verdict(Fail(Reason::kInternal, "a rule without requirement"),
                   std::move(trail));
  }
  trail.requirement = one.selection.rule->require->str();
  if (one.selection.rule->base) {
    trail.base_requirement = one.selection.rule->base->str();
  }
  Reach reach = Reach::kDisk;
  for (;;) {
    Verdict verdict = Try(one, reach, trail);
    const bool damaged = Describe(verdict.reason()).stage == Stage::kIntegrity;
    const bool everywhere = reach == Reach::kNetwork || one.question.offline;
    if (verdict.accepted() || damaged || everywhere) return verdict;
    reach = reach == Reach::kDisk ? Reach::kUsual : Reach::kNetwork;
  }
}

// Evidence -> verified signatures -> requirement -> base -> integrity, with
// what one reach can see. `reach` becomes how far was looked in fact.
Verdict Verifier::Try(const Case& one, Reach& reach, Trail trail) const {
  const Requirement& requirement = *one.selection.rule->require;
  const std::vector<Digest> digests = one.subject->SignableDigests();
  const EvidencePlaces places = PlacesOf(requirement);
  const EvidenceSet found = evidence_.Collect(
      {one.name, digests, places, reach, one.question.deadline});
  // A base may be further away than the image's own signatures, and so may
  // what no evidence source looks for.
  if (!one.selection.rule->base && !places.trust_data) {
    reach = std::max(reach, found.reach);
  }
  SigningTarget target{one.name,
                       digests,
                       one.question.now,
                       &one.subject->documents,
                       RevocationFor(one.question),
                       TrustDataFor(one.question, reach)};
  target.pod_namespace = one.subject->workload.pod_namespace;
  target.manifests = one.subject->Manifests();
  target.may_waive = true;  // the subject is what the rule was found for
  const Findings findings = VerifyAll(requirement, target, found.artifacts);
  trail.failed = findings.failed;
  trail.failures = found.failures;

  std::optional<Error> refusal;
  for (const SignableImage& image : one.subject->images) {
    auto satisfied = Satisfy(requirement, image, findings, one.question.now);
    if (!satisfied) {
      KeepDeepest(refusal, WhyNot(satisfied.error(), findings, found.failures));
      continue;
    }
    auto base = FindBase(one, image, reach, trail);
    if (!base) {
      KeepDeepest(refusal, base.error());
      continue;
    }
    if (Status intact = CheckIntegrity(one.question, *one.subject, image,
                                       one.selection.rule->integrity);
        !intact) {
      KeepDeepest(refusal, intact.error());
      continue;
    }
    return AcceptSigned(one, image, *std::move(satisfied), *std::move(base),
                        std::move(trail));
  }
  if (!refusal) refusal = Fail(Reason::kSubjectUnbound);
  return Verdict(*std::move(refusal), std::move(trail));
}

// What authorities say is fetched when an image is pulled and kept fresh in the
// background; no container waits for it.
RevocationAccess Verifier::RevocationFor(const Question& question) const {
  RevocationAccess access{revocation_, {}};
  const bool fetches = !question.offline && !IsWaitedFor(question);
  if (fetches) access.fetch_until = question.deadline;
  return access;
}

// Trust data is what signatures are elsewhere: where a container waits, a place
// is asked only when what is on disk will not do.
TrustDataAccess Verifier::TrustDataFor(const Question& question,
                                       Reach reach) const {
  TrustDataAccess access{trust_data_, {}};
  access.anew = !IsWaitedFor(question);
  const bool fetches =
      !question.offline && (access.anew || reach != Reach::kDisk);
  if (fetches) access.fetch_until = question.deadline;
  return access;
}

Result<std::optional<ProvenBase>> Verifier::FindBase(const Case& one,
                                                     const SignableImage& image,
                                                     Reach reach,
                                                     Trail& trail) const {
  if (!one.selection.rule->base) return std::optional<ProvenBase>();
  auto proven = CheckBase(
      bases_, evidence_,
      {one.question, *one.subject, one.name, image, *one.selection.rule->base,
       reach, RevocationFor(one.question), TrustDataFor(one.question, reach)},
      trail);
  if (!proven) return proven.error();
  return std::optional(*std::move(proven));
}

Status Verifier::CheckIntegrity(const Question& question,
                                const Subject& subject,
                                const SignableImage& image,
                                Integrity integrity) const {
  // A reference has layers at hand only in a layout, and unpacked files never.
  const bool named = std::holds_alternative<ReferenceClaim>(question.about);
  if (integrity == Integrity::kManifest) return Ok();
  if (named && subject.blob_dir.empty()) return Ok();
  if (!subject.split_layers.empty()) {
    return CheckSplitLayers(subject, integrity, question.deadline);
  }
  if (subject.blob_dir.empty()) {
    return Fail(Reason::kLayerMissing,
                "the runtime's content store is unknown");
  }
  const Status intact =
      layers_.Check(image.content, subject.blob_dir, question.deadline);
  if (!intact || integrity != Integrity::kRootfs || named) return intact;
  return layers_.CheckUnpacked(image.content, subject, question.deadline);
}

// Here the files are all there is, so that their bytes are what is proven. What
// unpacking made beside them (owners, modes) is not compared yet.
Status Verifier::CheckSplitLayers(const Subject& subject, Integrity integrity,
                                  Deadline deadline) const {
  if (integrity == Integrity::kRootfs) {
    return Fail(Reason::kRootfsUnsupported,
                "of layers in containers-storage only the bytes are compared: "
                "use integrity = \"layers\"");
  }
  return layers_.CheckSplit(subject, deadline);
}

Status Verifier::StillIntact(const Question& question, const Subject& subject,
                             const Proof& proof) const {
  if (proof.volumes_.size() != subject.volumes.size()) {
    return Fail(Reason::kSubjectUnbound, "the proof is of other volumes");
  }
  for (std::size_t i = 0; i < subject.volumes.size(); ++i) {
    const Status intact =
        StillIntact(question, subject.volumes[i], *proof.volumes_[i]);
    if (!intact) return intact;
  }
  if (!proof.manifest_) return Ok();  // allowed without a signature
  for (const SignableImage& image : subject.images) {
    if (image.manifest != *proof.manifest_) continue;
    return CheckIntegrity(question, subject, image, proof.integrity_);
  }
  return Fail(Reason::kSubjectUnbound, "the proof is of another manifest");
}

// Of two refusals, one that is enforced counts for more than one that is only
// audited.
Verdict Verifier::WithVolume(Verdict container, Verdict volume,
                             const std::string& mounted_at) {
  const bool audited = container.trail().mode == Mode::kAudit;
  if (volume.accepted() && container.accepted()) {
    Proof proof = *container.proof();
    proof.valid_until_ =
        Earlier(proof.valid_until_, volume.proof()->valid_until());
    proof.volumes_.push_back(volume.proof());
    // As a whole it is no better verified than its parts.
    if (volume.proof()->excepted()) proof.basis_ = Reason::kAllowedByBreakGlass;
    return Verdict(std::make_shared<const Proof>(std::move(proof)),
                   std::move(container.trail_));
  }
  if (volume.accepted() || (!container.accepted() && !audited)) {
    return container;
  }
  if (!container.accepted() && volume.trail().mode == Mode::kAudit) {
    return container;
  }
  volume.why_ = WithContext(std::move(volume.why_),
                            "image volume at " + Printable(mounted_at));
  volume.trail_.subject = container.trail().subject;
  volume.trail_.volume = mounted_at;
  return volume;
}

Verdict Verifier::AcceptSigned(const Case& one, const SignableImage& image,
                               Fulfilment met, std::optional<ProvenBase> base,
                               Trail trail) const {
  if (met.empty()) {
    return Verdict(Fail(Reason::kInternal, "satisfied by nobody"),
                   std::move(trail));
  }
  Proof proof(met.Basis(), one.subject->config, one.policy.fingerprint());
  proof.manifest_ = image.manifest;
  proof.integrity_ = one.selection.rule->integrity;
  proof.valid_until_ =
      Earlier(met.End(), base ? base->met.End() : std::nullopt);
  proof.met_ = std::move(met);
  proof.base_ = std::move(base);
  return Verdict(std::make_shared<const Proof>(std::move(proof)),
                 std::move(trail));
}

Verdict Verifier::Accept(const Case& one, Reason basis, Trail trail) const {
  return Verdict(std::make_shared<const Proof>(Proof(basis, one.subject->config,
                                                     one.policy.fingerprint())),
                 std::move(trail));
}

}  // namespace assay
