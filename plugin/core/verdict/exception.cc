// What an exception of break-glass lifts, and what never.
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "core/verdict/verifier_case.h"

namespace assay {
namespace {

// That nobody vouches for the image, or that it cannot be told. What the image
// is, and whether its bytes are what they were, are other questions, and no
// emergency answers them; nor what the node itself lacks.
bool IsLiftable(Reason reason) {
  switch (Describe(reason).stage) {
    case Stage::kEvidence:
      return reason != Reason::kDiskFull && reason != Reason::kWriteFailed;
    case Stage::kFormat:
    case Stage::kSignature:
    case Stage::kBase:
      return true;
    case Stage::kPolicy:
      return reason == Reason::kNoRuleMatches ||
             reason == Reason::kRuleRejects || reason == Reason::kNoStatement ||
             reason == Reason::kImportedPolicyRejects;
    case Stage::kHook:
    case Stage::kQuestion:
    case Stage::kSubject:
    case Stage::kIntegrity:
    case Stage::kVerdict:
      return false;
  }
  return false;
}

}  // namespace

bool HeedsExceptions(Hook hook) {
  switch (hook) {
    case Hook::kCreate:
    case Hook::kRun:
    case Hook::kRestore:
    case Hook::kPull:
    case Hook::kNri:
    case Hook::kNriRunning:
      return true;
    case Hook::kUnspecified:
    case Hook::kWarmUp:
    case Hook::kVerify:
      return false;
  }
  return false;
}

std::optional<Verdict> Verifier::Except(const Case& one,
                                        const Verdict& refusal) const {
  if (!HeedsExceptions(one.question.hook) || !IsLiftable(refusal.reason()) ||
      refusal.trail().mode == Mode::kAudit) {
    return std::nullopt;
  }
  std::optional<std::string_view> pod_namespace;
  if (!IsForAnyNamespace(one.question)) {
    pod_namespace = one.subject->workload.pod_namespace;
  }
  const std::vector<Digest> content = one.subject->SignableDigests();
  for (const PolicyException& exception : one.policy.exceptions()) {
    if (!exception.IsActive(one.question.now) ||
        !exception.Covers(one.name, pod_namespace, content) ||
        !exception.Overrules(one.selection.rule)) {
      continue;
    }
    return AcceptExcepted(one, exception, refusal);
  }
  return std::nullopt;
}

// An image of which no manifest is known is not bound, and one whose layers
// were changed is not the one that the exception is for.
Verdict Verifier::AcceptExcepted(const Case& one,
                                 const PolicyException& exception,
                                 const Verdict& refusal) const {
  Trail trail = refusal.trail();
  std::optional<Error> why;
  const Integrity integrity = one.selection.rule == nullptr
                                  ? Integrity::kLayers
                                  : one.selection.rule->integrity;
  for (const SignableImage& image : one.subject->images) {
    // Of several manifests of one configuration, those that are meant.
    std::vector<Digest> content = image.indexes;
    content.push_back(image.manifest);
    if (!exception.Covers(one.name, std::nullopt, content)) continue;
    if (Status intact =
            CheckIntegrity(one.question, *one.subject, image, integrity);
        !intact) {
      why = intact.error();
      continue;
    }
    Proof proof(Reason::kAllowedByBreakGlass, one.subject->config,
                one.policy.fingerprint());
    proof.manifest_ = image.manifest;
    proof.integrity_ = integrity;
    proof.valid_until_ = exception.until;
    proof.excepted_ = std::make_shared<const Excepted>(
        Excepted{exception.Where(), exception.who, exception.reason,
                 exception.until, refusal.reason(), refusal.Sentence()});
    return Verdict(std::make_shared<const Proof>(std::move(proof)),
                   std::move(trail));
  }
  if (!why) why = Fail(Reason::kSubjectUnbound);
  return Verdict(*std::move(why), std::move(trail));
}

}  // namespace assay
