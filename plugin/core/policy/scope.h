// Scope: which images a rule is for. Matching is on the normalised reference.
//
//   registry.example.com/payments/**    everything below payments, and itself
//   registry.example.com/*/api          `*`: one component, or part of one
//   registry.example.com                the whole host, as with /**
//   *.example.com:5000/**               `*` in a host stands for any labels
//   registry.example.com/app:1.2        this tag, asked for by tag alone
//   registry.example.com/app@sha256:..  this digest, whatever was asked for
//   busybox, team/app                   on docker.io, as references are
//   **                                  everything
//
// `**` stands for any number of components, none included, and only for whole
// ones. A tag does not match a name that carries a digest too: registries
// ignore the tag then, so it would be the asker's free choice of a rule. A
// digest matches what the image is, not only what it was asked for by, so that
// a rule about bad content cannot be passed by with a tag. A
// host glob must end in a dot or colon and literal text, so that it cannot
// cover a domain of somebody else. Short forms that could be a host or a path
// are refused.
#ifndef ASSAY_CORE_POLICY_SCOPE_H_
#define ASSAY_CORE_POLICY_SCOPE_H_

#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "core/subject/reference.h"

namespace assay {

class Scope {
 public:
  // Errors: kPolicyMalformed.
  static Result<Scope> Parse(std::string_view text);

  // `content`: the digests of the image behind the name, where they are known.
  bool Matches(const Reference& name,
               std::span<const Digest> content = {}) const;

  // Orders scopes that match one name: greater is more specific (digest, tag,
  // then literal components, then literal characters, then `*` before `**`,
  // then more components, then fewer `*`). Equivalent scopes may differ.
  std::strong_ordering CompareSpecificity(const Scope& other) const;

  // True when some name may match both.
  bool Overlaps(const Scope& other) const;

  // True when every component is literal, save `**` at the end. Two such
  // scopes that are equally specific overlap only if they are the same.
  bool IsPlain() const;

  const std::string& str() const { return text_; }  // as written
  std::string Normalized() const;                   // every short form expanded

 private:
  Scope() = default;
  // Adds what short forms leave out; refuses what is unclear or unsafe.
  Status Expand();

  std::string text_;
  std::vector<std::string> components_;  // host first
  std::string tag_;                      // "" when any
  std::string digest_;                   // "" when any
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_SCOPE_H_
