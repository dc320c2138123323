// Break-glass: exceptions for an emergency, each for some images, for some
// days, by somebody, with a reason. One never weakens what an image is bound
// by; the Verifier says which refusals it lifts (core/verdict/exception.cc).
#ifndef ASSAY_CORE_POLICY_BREAK_GLASS_H_
#define ASSAY_CORE_POLICY_BREAK_GLASS_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/toml.h"
#include "core/policy/scope.h"

namespace assay {

struct PolicyFile;
struct Rule;

// Longer ones are refused: what lasts is a rule.
inline constexpr std::chrono::hours kLongestException{7 * 24};

struct PolicyException {
  Scope scope;                          // never of every host
  std::vector<std::string> namespaces;  // globs; empty = any workload
  std::optional<Digest> digest;         // of the manifest or of its index
  std::string reason;
  std::string who;
  Time from;
  Time until;  // and no longer
  TomlPosition position;

  bool IsActive(Time now) const { return from <= now && now < until; }
  // `content` as in Scope::Matches. A namespace is looked at unless it cannot
  // be known, where nullopt stands for it.
  bool Covers(const Reference& name,
              std::optional<std::string_view> pod_namespace,
              std::span<const Digest> content) const;

  // What a rule forbids stays so unless the exception is about less than the
  // rule, in its scope and in its namespaces. Null is the default.
  bool Overrules(const Rule* rule) const;

  std::string Where() const;  // "break-glass.d/a.toml:2:1 (scope)"
  // "break-glass: ...", one sentence for logs, status and audit lines.
  std::string Sentence() const;
};

// Of all files. What is wrong with a file is told, and none of its exceptions
// counts; the others' do.
std::vector<PolicyException> ReadBreakGlass(std::span<const PolicyFile> files,
                                            Diagnostics& diagnostics);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_BREAK_GLASS_H_
