#include "core/policy/requirement.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"
#include "core/policy/attestation.h"
#include "core/policy/matching.h"
#include "core/schemes/signer_window.h"

namespace assay {
namespace {

// Of signatures and of attestations.
template <typename T>
bool Outlasts(const T& a, const T& b) {
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
  // Without `attested` (null) every attestation counts as there.
  Search(const BySigner& signed_by, const AttestationOutcomes* attested)
      : signed_by_(signed_by), attested_(attested) {}

  Result<Fulfilment> Run(const Requirement& root) {
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

  // What stands below one threshold.
  struct Parts {
    std::vector<const Signed*> leaves;           // signers who signed
    std::vector<const Requirement*> inner;       // thresholds
    std::vector<const ProvenAttestation*> held;  // null where assumed
  };

  void SortIn(const Requirement& child, Parts& parts) const {
    if (const auto* signer = child.AsSigner()) {
      const auto known = signed_by_.find((*signer)->name());
      if (known != signed_by_.end()) parts.leaves.push_back(&known->second);
    } else if (const auto* attestation = child.AsAttestation()) {
      if (attested_ == nullptr) {
        parts.held.push_back(nullptr);
      } else if (const auto known = attested_->find((*attestation)->name());
                 known != attested_->end() && known->second) {
        parts.held.push_back(&*known->second);
      }
    } else {
      parts.inner.push_back(&child);
    }
  }

  bool Decide(const Requirement& node) {
    const Requirement::Threshold* threshold = node.AsThreshold();
    Parts parts;
    if (threshold == nullptr) {
      SortIn(node, parts);
    } else {
      for (const Requirement& child : threshold->of) SortIn(child, parts);
    }
    std::size_t count = threshold == nullptr ? 1 : threshold->at_least;
    // Asking for nothing proves nothing.
    if (count == 0 ||
        count > parts.leaves.size() + parts.inner.size() + parts.held.size()) {
      return DeadEnd();
    }
    // An attestation costs nothing, so each that is there is taken first.
    std::stable_sort(parts.held.begin(), parts.held.end(),
                     [](const auto* a, const auto* b) {
                       return a != nullptr && b != nullptr && Outlasts(*a, *b);
                     });
    const std::size_t before = held_.size();
    for (const auto* one : parts.held) {
      if (count == 0) break;
      held_.push_back(one);
      --count;
    }
    const bool met = Pick(parts.inner, 0, count, parts.leaves);
    held_.resize(before);
    return met;
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
      if (!given[i]) continue;
      found_.signatures.push_back(*asked_[i]->signatures.at(*given[i]));
    }
    std::set<const ProvenAttestation*> kept = {nullptr};
    for (const ProvenAttestation* one : held_) {
      if (kept.insert(one).second) found_.attestations.push_back(*one);
    }
  }

  const BySigner& signed_by_;
  std::vector<const Requirement*> todo_;
  Matching matching_;
  std::vector<const Signed*> asked_;  // by offer of the matching
  std::vector<const ProvenAttestation*> held_;
  std::size_t dead_ends_ = 0;
  const AttestationOutcomes* attested_;
  Fulfilment found_;
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
  } else if (const auto* threshold = node.AsThreshold()) {
    for (const Requirement& child : threshold->of) CollectSigners(child, all);
  }
}

void CollectAttestations(
    const Requirement& node,
    std::map<std::string, std::shared_ptr<const Attestation>>& all) {
  if (const auto* attestation = node.AsAttestation()) {
    all.emplace((*attestation)->name(), *attestation);
  } else if (const auto* threshold = node.AsThreshold()) {
    for (const Requirement& child : threshold->of) {
      CollectAttestations(child, all);
    }
  }
}

template <typename T>
std::vector<T> ValuesOf(std::map<std::string, T> map) {
  std::vector<T> values;
  values.reserve(map.size());
  for (auto& [name, value] : map) values.push_back(std::move(value));
  return values;
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

Reason Fulfilment::Basis() const {
  const bool vouched =
      std::any_of(signatures.begin(), signatures.end(),
                  [](const auto& one) { return !one.waived(); });
  if (vouched) return Reason::kSigned;
  return attestations.empty() ? Reason::kAllowedByRule : Reason::kAttested;
}

std::optional<Time> Fulfilment::End() const {
  std::optional<Time> end;
  for (const auto& one : signatures) end = Earlier(end, one.valid_until());
  for (const auto& one : attestations) end = Earlier(end, one.valid_until());
  return end;
}

std::vector<std::shared_ptr<const Signer>> Requirement::Signers() const {
  std::map<std::string, std::shared_ptr<const Signer>> all;
  CollectSigners(*this, all);
  return ValuesOf(std::move(all));
}

std::vector<std::shared_ptr<const Attestation>> Requirement::Attestations()
    const {
  std::map<std::string, std::shared_ptr<const Attestation>> all;
  CollectAttestations(*this, all);
  return ValuesOf(std::move(all));
}

// A part that vouches is in every choice of enough parts only if those that do
// not are too few.
bool Requirement::Vouches() const {
  if (const auto* attestation = AsAttestation()) {
    return (*attestation)->policy().stands_alone;
  }
  const Threshold* threshold = AsThreshold();
  if (threshold == nullptr) return true;
  const auto others = static_cast<std::size_t>(
      std::count_if(threshold->of.begin(), threshold->of.end(),
                    [](const Requirement& part) { return !part.Vouches(); }));
  return others < threshold->at_least;
}

std::size_t Requirement::Choices() const {
  const Threshold* threshold = AsThreshold();
  if (threshold == nullptr) return 1;
  // ways[t]: how many ways of taking t subtrees, with their own choices.
  std::vector<std::size_t> ways = {1};
  std::size_t leaves = 0;
  for (const Requirement& child : threshold->of) {
    if (child.AsThreshold() == nullptr) {
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

Result<Fulfilment> Requirement::Satisfy(
    std::span<const VerifiedSignature> verified,
    const AttestationOutcomes& attested) const {
  const BySigner signed_by = Sort(verified);
  auto used = Search(signed_by, &attested).Run(*this);
  if (used) return used;
  const auto attestations = Attestations();
  if (!attestations.empty() && Search(signed_by, nullptr).Run(*this)) {
    for (const auto& attestation : attestations) {
      const auto outcome = attested.find(attestation->name());
      if (outcome == attested.end()) {
        return Fail(Reason::kAttestationMissing, attestation->name());
      }
      if (!outcome->second) return outcome->second.error();
    }
  }
  return Fail(used.error().reason, Shortfall(*this, signed_by));
}

Result<std::vector<VerifiedSignature>> Requirement::Satisfy(
    std::span<const VerifiedSignature> verified) const {
  auto used = Satisfy(verified, {});
  if (!used) return used.error();
  return std::move(used->signatures);
}

std::string Requirement::str() const {
  if (const auto* signer = AsSigner()) return (*signer)->name();
  if (const auto* attestation = AsAttestation()) {
    return "attestation " + (*attestation)->name();
  }
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
