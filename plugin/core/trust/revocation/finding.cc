#include "core/trust/revocation/finding.h"

#include <utility>

namespace assay {
namespace {

// Whether what is revoked was revoked only for what happened after signing.
bool IsExcused(const std::optional<Time>& invalid_since,
               const RevocationTerms& terms) {
  return invalid_since && terms.signed_at && *terms.signed_at < *invalid_since;
}

// Of what may be taken back the last by its date counts, and the hold where two
// are of the same time; anything else stays.
void Weigh(const std::vector<RevocationEntry>& entries,
           const RevocationTerms& terms, Finding& finding) {
  finding.standing = Standing::kGood;
  const RevocationEntry* last = nullptr;
  for (const RevocationEntry& entry : entries) {
    if (IsExcused(entry.invalid_since, terms)) continue;
    if (!entry.on_hold && !entry.removed) {
      finding.standing = Standing::kRevoked;
      finding.revoked_at = entry.revoked_at;
      return;
    }
    if (last == nullptr || last->revoked_at < entry.revoked_at ||
        (last->revoked_at == entry.revoked_at && entry.on_hold)) {
      last = &entry;
    }
  }
  if (last == nullptr || !last->on_hold) return;
  finding.standing = Standing::kHeld;
  finding.revoked_at = last->revoked_at;
}

Finding Dated(const RevocationList& list, const RevocationTerms& terms) {
  Finding finding;
  finding.given = list.this_update();
  finding.due = list.next_update().value_or(Time{});
  if (!list.next_update()) finding.flaw = "the list promises no newer one";
  if (finding.given > terms.now + kAuthorityClockSkew) {
    finding.flaw = "the list is of " + Rfc3339(finding.given);
  }
  return finding;
}

}  // namespace

Result<Finding> FindInResponse(const OcspResponse& response,
                               const Suspect& suspect,
                               const RevocationTerms& terms) {
  const auto answer =
      response.AnswerFor(suspect.one, suspect.issuer, terms.now);
  if (!answer) return answer.error();
  Finding finding;
  finding.given = answer->this_update;
  finding.due = answer->next_update.value_or(finding.given + kOcspDefaultDue);
  finding.revoked_at = answer->revoked_at;
  switch (answer->status) {
    case OcspStatus::kUnknown:
      break;
    case OcspStatus::kGood:
      finding.standing = Standing::kGood;
      break;
    case OcspStatus::kRevoked:
      finding.standing = IsExcused(answer->invalid_since, terms)
                             ? Standing::kGood
                         : answer->on_hold ? Standing::kHeld
                                           : Standing::kRevoked;
      break;
  }
  return finding;
}

Result<Finding> FindInList(const RevocationList& list,
                           const DistributionPoint& point,
                           const Suspect& suspect,
                           const RevocationTerms& terms) {
  const auto signed_by = list.CheckSignedBy(suspect.issuer);
  if (!signed_by) return signed_by.error();
  Finding finding = Dated(list, terms);
  finding.list = list;
  Weigh(list.Find(suspect.one), terms, finding);
  const auto speaks = list.CheckSpeaksOf(suspect.one, point);
  if (!speaks) finding.flaw = speaks.error().detail;
  return finding;
}

Result<Finding> FindInDelta(const RevocationList& delta,
                            const RevocationList& whole, const Suspect& suspect,
                            const RevocationTerms& terms) {
  const auto signed_by = delta.CheckSignedBy(suspect.issuer);
  if (!signed_by) return signed_by.error();
  Finding finding = Dated(delta, terms);
  auto entries = whole.Find(suspect.one);
  const auto changes = delta.Find(suspect.one);
  entries.insert(entries.end(), changes.begin(), changes.end());
  Weigh(entries, terms, finding);
  const auto changed = whole.CheckChangedBy(delta);
  if (!changed) finding.flaw = changed.error().detail;
  return finding;
}

}  // namespace assay
