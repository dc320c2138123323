#include "core/verdict/verifier.h"

namespace assay {
namespace {

// Whether its registry did not answer this node. What it did answer and is
// wrong is no reason to let anything pass.
bool IsUnanswered(const Error& why) {
  const ReasonInfo& reason = Describe(why.reason);
  return reason.stage == Stage::kEvidence &&
         reason.ending == Ending::kUndetermined;
}

Trail TrailOf(const Policy& policy, const Reference& name,
              const Selection& selection) {
  Trail trail = NewTrail(policy);
  trail.name = name.str();
  trail.rule = RuleText(selection.rule);
  trail.mode = selection.mode;
  return trail;
}

}  // namespace

Verdict Verifier::DecideUnread(
    const Question& question, const Error& why,
    const std::shared_ptr<const Policy>& policy) const {
  const auto* claim = std::get_if<ReferenceClaim>(&question.about);
  if (policy == nullptr || question.hook != Hook::kPull || claim == nullptr ||
      !claim->found) {
    return Refuse(why, policy);
  }
  const Reference& name = claim->reference;
  const std::vector<Digest> content = {*claim->found};
  const auto general = policy->Select(name, claim->pod_namespace, content);
  if (!general) return Refuse(general.error(), policy);
  std::vector<Selection> selections{*general};
  if (IsForAnyNamespace(question)) {
    const auto namespaced = policy->SelectNamespaced(name, content);
    selections.insert(selections.end(), namespaced.begin(), namespaced.end());
  }
  for (const Selection& one : selections) {
    if (one.action != Action::kAllow || !IsUnanswered(why)) continue;
    const Reason basis = one.rule == nullptr ? Reason::kAllowedByDefault
                                             : Reason::kAllowedByRule;
    return Verdict(std::make_shared<const Proof>(
                       Proof(basis, *claim->found, policy->fingerprint())),
                   TrailOf(*policy, name, one));
  }
  return Verdict(why, TrailOf(*policy, name, *general));
}

}  // namespace assay
