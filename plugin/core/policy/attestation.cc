#include "core/policy/attestation.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/schemes/signer_window.h"

namespace assay {
namespace {

bool Outlasts(const ProvenAttestation& a, const ProvenAttestation& b) {
  if (!b.valid_until()) return false;
  return !a.valid_until() || *a.valid_until() > *b.valid_until();
}

}  // namespace

Result<ProvenAttestation> Attestation::Check(
    std::span<const VerifiedStatement> statements,
    std::span<const FailedCheck> failed, Time now) const {
  std::optional<ProvenAttestation> best;
  std::optional<Error> why;
  for (const Copies& copies : Collect(statements)) {
    auto proven = CheckOne(copies, now);
    if (proven) {
      if (!best || Outlasts(*proven, *best)) best = *std::move(proven);
    } else if (!why || why->reason == Reason::kAttestationUnsigned) {
      // What a signed statement says tells more than that another is unsigned.
      why = proven.error();
    }
  }
  if (best) return *std::move(best);
  return WithContext(why ? *std::move(why) : WhyNone(failed), name_);
}

// By payload, in the order in which they were found.
std::vector<Attestation::Copies> Attestation::Collect(
    std::span<const VerifiedStatement> statements) const {
  std::vector<Copies> all;
  std::map<Digest, std::size_t> places;
  for (const VerifiedStatement& statement : statements) {
    if (statement.predicate_type() != policy_.predicate_type) continue;
    const auto [place, fresh] = places.emplace(statement.payload(), all.size());
    if (fresh) all.push_back({statement.predicate(), {}});
    all[place->second].signatures.push_back(statement.signature());
  }
  return all;
}

Result<ProvenAttestation> Attestation::CheckOne(const Copies& copies,
                                                Time now) const {
  auto signatures = policy_.signed_by.Satisfy(copies.signatures);
  if (!signatures) {
    if (signatures.error().reason != Reason::kThresholdNotMet) {
      return signatures.error();
    }
    return Fail(Reason::kAttestationUnsigned, signatures.error().detail);
  }
  std::optional<Time> end;
  for (const VerifiedSignature& signature : *signatures) {
    end = Earlier(end, signature.valid_until());
  }
  for (const Constraint& constraint : policy_.where) {
    const auto until = constraint.Check(copies.predicate, now);
    if (!until) return until.error();
    end = Earlier(end, *until);
  }
  return ProvenAttestation(name_, policy_.predicate_type,
                           *std::move(signatures), end);
}

// Something that says it is of the type, and of those the deepest failure;
// what an artifact says of itself is believed for this alone.
Error Attestation::WhyNone(std::span<const FailedCheck> failed) const {
  std::set<std::string> names;
  for (const auto& signer : policy_.signed_by.Signers()) {
    names.insert(signer->name());
  }
  const FailedCheck* deepest = nullptr;
  for (const FailedCheck& check : failed) {
    if (check.claimed_type != policy_.predicate_type ||
        !names.contains(check.signer)) {
      continue;
    }
    if (deepest == nullptr || Describe(check.error.reason).stage >
                                  Describe(deepest->error.reason).stage) {
      deepest = &check;
    }
  }
  if (deepest == nullptr) {
    return Fail(Reason::kAttestationMissing,
                "none of type " + policy_.predicate_type);
  }
  return WithContext(Fail(Reason::kAttestationUnsigned, deepest->error.detail),
                     std::string(Describe(deepest->error.reason).id) + " at " +
                         deepest->where);
}

std::string Attestation::Summary() const {
  std::string text =
      policy_.predicate_type + ", signed by " + policy_.signed_by.str();
  for (const Constraint& constraint : policy_.where) {
    text += ", " + constraint.str();
  }
  if (policy_.stands_alone) text += ", stands alone";
  return text;
}

}  // namespace assay
