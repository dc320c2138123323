#include "core/policy/requirement.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"
#include "core/policy/matching.h"

namespace assay {
namespace {

bool Outlasts(const VerifiedSignature& a, const VerifiedSignature& b) {
  if (!b.valid_until()) return false;
  return !a.valid_until() || *a.valid_until() > *b.valid_until();
}

// What one signer has signed with: per identity (by number) the signature
// that holds longest.
struct Signed {
  std::vector<std::size_t> identities;
  std::map<std::size_t, const VerifiedSignature*> signatures;
};

using BySigner = std::map<std::string, Signed, std::less<>>;

// Identities are numbered by their text, so that the order in which the
// signatures came changes nothing.
BySigner Sort(std::span<const VerifiedSignature> verified) {
  std::map<std::string_view, std::size_t> numbers;
  for (const VerifiedSignature& one : verified) numbers[one.identity()] = 0;
  std::size_t next = 0;
  for (auto& [identity, number] : numbers) number = next++;
  BySigner sorted;
  for (const VerifiedSignature& one : verified) {
    auto& best = sorted[one.signer()].signatures[numbers[one.identity()]];
    if (best == nullptr || Outlasts(one, *best)) best = &one;
  }
  for (auto& [name, entry] : sorted) {
    for (const auto& [identity, _] : entry.signatures) {
      entry.identities.push_back(identity);
    }
  }
  return sorted;
}

// Walks the choices of subtrees in a fixed order until one can be met; a part
// that cannot be met is left at once. Which leaves are taken is no choice of
// this walk: the matching finds them. So the shape of the tree alone bounds the
// walk (Requirement::Choices), and a further signature cannot make it too long.
class Search {
 public:
  explicit Search(const BySigner& signed_by) : signed_by_(signed_by) {}

  Result<std::vector<VerifiedSignature>> Run(const Requirement& root) {
    todo_.push_back(&root);
    if (Choose()) return found_;
    return Fail(TooMany() ? Reason::kPolicyTooComplex
                          : Reason::kThresholdNotMet);
  }

 private:
  bool TooMany() const { return dead_ends_ > limits::kRequirementSteps; }

  // Decides the next open subtree; true when that and the rest can be met.
  bool Choose() {
    if (todo_.empty()) {
      Keep();
      return true;
    }
    const Requirement* next = todo_.back();
    todo_.pop_back();
    const bool met = Decide(*next);
    todo_.push_back(next);
    return met;
  }

  bool Decide(const Requirement& node) {
    const Requirement::Threshold* threshold = node.AsThreshold();
    std::vector<const Signed*> leaves;
    std::vector<const Requirement*> inner;
    const auto sort_in = [&](const Requirement& child) {
      const auto* signer = child.AsSigner();
      if (signer == nullptr) {
        inner.push_back(&child);
      } else if (const auto known = signed_by_.find((*signer)->name());
                 known != signed_by_.end()) {
        leaves.push_back(&known->second);
      }
    };
    if (threshold == nullptr) {
      sort_in(node);
      return Pick({}, 0, 1, leaves);
    }
    for (const Requirement& child : threshold->of) sort_in(child);
    const std::size_t count = threshold->at_least;
    // Asking for nothing proves nothing.
    if (count == 0 || count > leaves.size() + inner.size()) return DeadEnd();
    return Pick(inner, 0, count, leaves);
  }

  // Takes or leaves inner[at..]; what they do not give of the `count`, the
  // leaves must.
  bool Pick(const std::vector<const Requirement*>& inner, std::size_t at,
            std::size_t count, const std::vector<const Signed*>& leaves) {
    if (TooMany() || count > leaves.size() + (inner.size() - at)) return false;
    if (at == inner.size() || count == 0) return Ask(count, leaves);
    todo_.push_back(inner[at]);
    const bool taken = Pick(inner, at + 1, count - 1, leaves);
    todo_.pop_back();
    return taken || Pick(inner, at + 1, count, leaves);
  }

  bool Ask(std::size_t count, const std::vector<const Signed*>& leaves) {
    std::vector<Matching::Offer> offers;
    for (const Signed* leaf : leaves) {
      offers.push_back(&leaf->identities);
      asked_.push_back(leaf);
    }
    const bool fits = matching_.Push(count, offers);
    const bool met = fits ? Choose() : DeadEnd();
    matching_.Pop();
    asked_.resize(asked_.size() - leaves.size());
    return met;
  }

  // Each stands for at least one complete choice of its own, so there are no
  // more of them than Requirement::Choices.
  bool DeadEnd() {
    ++dead_ends_;
    return false;
  }

  void Keep() {
    const auto& given = matching_.given();
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (given[i]) found_.push_back(*asked_[i]->signatures.at(*given[i]));
    }
  }

  const BySigner& signed_by_;
  std::vector<const Requirement*> todo_;
  Matching matching_;
  std::vector<const Signed*> asked_;  // by offer of the matching
  std::size_t dead_ends_ = 0;
  std::vector<VerifiedSignature> found_;
};

// a + b and a * b that stop at the largest number.
std::size_t Add(std::size_t a, std::size_t b) {
  return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

std::size_t Multiply(std::size_t a, std::size_t b) {
  return b != 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

void CollectSigners(const Requirement& node,
                    std::map<std::string, std::shared_ptr<const Signer>>& all) {
  if (const auto* signer = node.AsSigner()) {
    all.emplace((*signer)->name(), *signer);
  } else {
    for (const Requirement& child : node.AsThreshold()->of) {
      CollectSigners(child, all);
    }
  }
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

// Who is missing. When every signer is there, one identity stands behind two.
std::string Shortfall(const Requirement& root, const BySigner& signed_by) {
  std::vector<std::string> found;
  std::vector<std::string> missing;
  for (const auto& signer : root.Signers()) {
    const bool known = signed_by.contains(signer->name());
    (known ? found : missing).push_back(signer->name());
  }
  std::string text = "needs " + root.str();
  text += found.empty() ? "; signed by none" : "; signed by " + Join(found);
  if (!missing.empty()) text += "; missing " + Join(missing);
  if (found.size() > 1) text += "; one key counts once";
  return text;
}

}  // namespace

std::vector<std::shared_ptr<const Signer>> Requirement::Signers() const {
  std::map<std::string, std::shared_ptr<const Signer>> all;
  CollectSigners(*this, all);
  std::vector<std::shared_ptr<const Signer>> signers;
  for (auto& [name, signer] : all) signers.push_back(std::move(signer));
  return signers;
}

std::size_t Requirement::Choices() const {
  const Threshold* threshold = AsThreshold();
  if (threshold == nullptr) return 1;
  // ways[t]: how many ways of taking t subtrees, with their own choices.
  std::vector<std::size_t> ways = {1};
  std::size_t leaves = 0;
  for (const Requirement& child : threshold->of) {
    if (child.AsSigner() != nullptr) {
      ++leaves;
      continue;
    }
    const std::size_t inside = child.Choices();
    ways.push_back(0);
    for (std::size_t t = ways.size() - 1; t > 0; --t) {
      ways[t] = Add(ways[t], Multiply(ways[t - 1], inside));
    }
  }
  std::size_t choices = 0;
  for (std::size_t t = 0; t < ways.size() && t <= threshold->at_least; ++t) {
    if (threshold->at_least - t <= leaves) choices = Add(choices, ways[t]);
  }
  return choices;
}

Result<std::vector<VerifiedSignature>> Requirement::Satisfy(
    std::span<const VerifiedSignature> verified) const {
  const BySigner signed_by = Sort(verified);
  auto used = Search(signed_by).Run(*this);
  if (used) return used;
  return Fail(used.error().reason, Shortfall(*this, signed_by));
}

std::string Requirement::str() const {
  if (const auto* signer = AsSigner()) return (*signer)->name();
  const Threshold& threshold = *AsThreshold();
  std::vector<std::string> parts;
  for (const Requirement& child : threshold.of) parts.push_back(child.str());
  if (parts.size() == 1 && threshold.at_least == 1) return parts[0];
  std::string lead = "at least " + std::to_string(threshold.at_least);
  if (threshold.at_least == 1) lead = "any";
  if (threshold.at_least == parts.size()) lead = "all";
  return lead + " of (" + Join(parts) + ")";
}

}  // namespace assay
