#include "core/policy/policy.h"

#include <algorithm>

#include "base/glob.h"
#include "core/schemes/imported_types.h"

namespace assay {
namespace {

bool Names(const Rule& rule, std::string_view pod_namespace) {
  return !pod_namespace.empty() &&
         std::any_of(rule.namespaces.begin(), rule.namespaces.end(),
                     [pod_namespace](const std::string& glob) {
                       return GlobMatches(glob, pod_namespace);
                     });
}

std::string Describe(const Rule& rule) {
  return rule.position.str() + " (" + rule.scope.str() + ")";
}

Error Conflict(const Rule& a, const Rule& b, const Reference& name) {
  return Fail(Reason::kPolicyConflict, name.str() + ": " + Describe(a) +
                                           " and " + Describe(b) +
                                           " are equally specific");
}

// The name of a base is the image's own claim, and the image may be its own
// base: there the scopes of an imported policy choose by what who made the
// image says, and by the image's own name.
void WarnOfBase(const Rule& rule, std::vector<std::string>& warnings) {
  if (!rule.base) return;
  for (const auto& signer : rule.base->Signers()) {
    if (!IsImportedPolicy(signer->scheme())) continue;
    warnings.push_back(Describe(rule) + ": base: the scopes of '" +
                       signer->name() +
                       "' decide who may sign a base, by the name that the "
                       "image gives it; the scope of the image's own name "
                       "counts, too");
  }
}

}  // namespace

std::string_view ModeName(Mode mode) {
  switch (mode) {
    case Mode::kEnforce:
      return "enforce";
    case Mode::kAudit:
      return "audit";
  }
  return "enforce";
}

std::string_view ActionName(Action action) {
  switch (action) {
    case Action::kReject:
      return "reject";
    case Action::kRequire:
      return "require";
    case Action::kAllow:
      return "allow";
  }
  return "reject";
}

std::string_view IntegrityName(Integrity integrity) {
  switch (integrity) {
    case Integrity::kLayers:
      return "layers";
    case Integrity::kManifest:
      return "manifest";
    case Integrity::kRootfs:
      return "rootfs";
  }
  return "layers";
}

std::string RuleText(const Rule* rule) {
  if (rule == nullptr) return "default";
  return rule->position.str() + " (" + rule->scope.str() + ")";
}

std::shared_ptr<const Policy> Policy::With(
    std::vector<PolicyException> exceptions) const {
  auto policy = std::make_shared<Policy>(*this);
  policy->exceptions_ = std::move(exceptions);
  return policy;
}

std::vector<std::string> Policy::ActiveExceptions(Time now) const {
  std::vector<std::string> sentences;
  for (const PolicyException& one : exceptions_) {
    if (one.IsActive(now)) sentences.push_back(one.Sentence());
  }
  return sentences;
}

// The rules stand in match order, so the first that matches is the most
// specific one; only those right behind it can be its equals.
Result<Selection> Policy::Select(const Reference& name,
                                 std::string_view pod_namespace,
                                 std::span<const Digest> content) const {
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (best != nullptr &&
        (best->namespaces.empty() != rule.namespaces.empty() ||
         best->scope.CompareSpecificity(rule.scope) != 0)) {
      break;
    }
    const bool meant = rule.namespaces.empty() || Names(rule, pod_namespace);
    if (!meant || !rule.scope.Matches(name, content)) continue;
    if (best != nullptr) return Conflict(*best, rule, name);
    best = &rule;
  }
  if (best == nullptr) return Selection{nullptr, default_action_, mode_};
  return Selection{best, best->action, best->mode};
}

std::vector<Selection> Policy::SelectNamespaced(
    const Reference& name, std::span<const Digest> content) const {
  std::vector<Selection> selections;
  for (const Rule& rule : rules_) {
    if (rule.namespaces.empty() || !rule.scope.Matches(name, content)) continue;
    const bool covered = std::any_of(
        selections.begin(), selections.end(), [&](const Selection& other) {
          return other.rule->namespaces == rule.namespaces;
        });
    if (!covered) selections.push_back({&rule, rule.action, rule.mode});
  }
  return selections;
}

std::vector<std::string> Policy::FindWarnings() const {
  std::vector<std::string> warnings;
  if (mode_ == Mode::kAudit) {
    warnings.emplace_back("mode = \"audit\": nothing is blocked by default");
  }
  if (default_action_ == Action::kAllow) {
    warnings.emplace_back(
        "default = \"allow\": an image that no rule matches runs unverified");
  }
  for (const Rule& rule : rules_) {
    if (rule.action == Action::kAllow) {
      const bool everything = rule.scope.str() == "**";
      warnings.push_back(Describe(rule) + ": allows " +
                         (everything ? "every image" : "without") +
                         (everything ? " unverified" : " a signature"));
    }
    if (rule.mode == Mode::kAudit && mode_ != Mode::kAudit) {
      warnings.push_back(Describe(rule) + ": audits only, blocks nothing");
    }
    WarnOfBase(rule, warnings);
  }
  for (const auto& [name, signer] : signers_) {
    for (const std::string& warning : signer->Warnings()) {
      warnings.push_back("signers." + name + ": " + warning);
    }
  }
  return warnings;
}

}  // namespace assay
