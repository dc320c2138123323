// Scope: which images a rule is for. host[/path] with `*` for one component
// (or part of one) and `**` for any number, or a full reference with tag or
// digest. Matching is on the normalised reference.
#ifndef ASSAY_CORE_POLICY_SCOPE_H_
#define ASSAY_CORE_POLICY_SCOPE_H_

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/subject/reference.h"

namespace assay {

class Scope {
 public:
  // Errors: kPolicyMalformed.
  static Result<Scope> Parse(std::string_view text);

  bool Matches(const Reference& name) const;

  // Orders scopes that match one name: greater is more specific (digest, tag,
  // then literal components, then literal characters, then `*` before `**`).
  std::strong_ordering CompareSpecificity(const Scope& other) const;

  const std::string& str() const { return text_; }

 private:
  Scope() = default;

  std::string text_;
  std::vector<std::string> components_;  // host first
  std::string tag_;                      // "" when any
  std::string digest_;                   // "" when any
};

// Matches `text` against a glob whose `*` stands for any run of characters;
// used for namespaces and inside one component.
bool GlobMatches(std::string_view glob, std::string_view text);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_SCOPE_H_
