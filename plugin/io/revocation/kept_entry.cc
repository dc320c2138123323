#include "io/revocation/kept_entry.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "core/trust/revocation/revocation_check.h"

namespace assay {
namespace {

using SteadyClock = std::chrono::steady_clock;

// An address that did not answer, or just did, is left alone for so long.
constexpr std::chrono::seconds kPatience{10};
// What is kept is asked for anew after so long, or so long before newer is due.
constexpr std::chrono::minutes kRefreshAfter{55};
constexpr std::chrono::minutes kRefreshBefore{10};

// When newer is due than a document that holds. What a responder does not know
// it may know in a moment.
Time DueAt(const RevocationDocument& document, const RevocationPlace& place,
           Time now) {
  if (const auto* list = std::get_if<RevocationList>(&document)) {
    return list->next_update().value_or(now);
  }
  const auto answer = std::get<OcspResponse>(document).AnswerFor(
      place.about.value_or(place.issuer), place.issuer, now);
  if (!answer || answer->status == OcspStatus::kUnknown) return now;
  return answer->next_update.value_or(answer->this_update + kOcspDefaultDue);
}

}  // namespace

KeptEntry::KeptEntry(RevocationPlace place, const RevocationStore& store,
                     Time asked_at)
    : place_(std::move(place)),
      name_(RevocationStore::NameOf(place_)),
      store_(store),
      asked_at_(asked_at) {}

KeptEntry::Look KeptEntry::AskedAt(Time now) {
  const std::scoped_lock lock(mutex_);
  asked_at_ = std::max(asked_at_, now);
  bool changed = false;
  ReadFile(now, changed);
  if (document_) return {*document_, now >= due_at_, changed};
  Error why =
      broken_ ? *broken_ : Fail(Reason::kNotFound, Printable(place_.url, 200));
  return {std::move(why), true, changed};
}

// Reads the file where it is another one than before. What it says is held
// against what is in memory: the file of a node that lags behind, or a copy of
// former days, takes nothing back.
void KeptEntry::ReadFile(Time now, bool& changed) {
  const auto identity = store_.IdentityOf(name_);
  if (!identity || identity == identity_) return;
  auto record = store_.Read(name_);
  auto document = record ? ParseRevocation(place_, record->bytes)
                         : Result<RevocationDocument>(record.error());
  if (!document) {
    broken_ = document.error();
    // What cannot be read now may be readable in a moment.
    if (broken_->reason == Reason::kRevocationMalformed) identity_ = identity;
    return;
  }
  identity_ = identity;
  broken_.reset();
  if (document_ && !MayReplace(*document, *document_, place_, now)) return;
  changed = Digest::Of(record->bytes) != content_;
  Keep(record->bytes, *std::move(document), now);
  fetched_at_ = record->fetched_at;
}

void KeptEntry::Keep(const std::string& bytes, RevocationDocument document,
                     Time now) {
  due_at_ = DueAt(document, place_, now);
  document_ = std::move(document);
  content_ = Digest::Of(bytes);
}

// Whoever stands on the way could give back what was said before a revocation.
bool KeptEntry::Take(const std::string& bytes, RevocationDocument document,
                     Time now) {
  const std::scoped_lock lock(mutex_);
  failure_.reset();
  told_.clear();
  bool changed = false;
  ReadFile(now, changed);
  fetched_at_ = now;
  broken_.reset();
  if (document_ && !MayReplace(document, *document_, place_, now)) {
    return changed;
  }
  changed |= Digest::Of(bytes) != content_;
  Keep(bytes, std::move(document), now);
  // What cannot be kept on disk is in memory, and asked for again next time.
  const Status kept = store_.Write({place_, now, bytes});
  identity_ = kept ? store_.IdentityOf(name_) : std::nullopt;
  return changed;
}

Result<RevocationDocument> KeptEntry::document() const {
  const std::scoped_lock lock(mutex_);
  if (document_) return *document_;
  return Fail(Reason::kNotFound, Printable(place_.url, 200));
}

void KeptEntry::Failed(const Error& why) {
  const std::scoped_lock lock(mutex_);
  failure_ = why;
  failed_at_ = SteadyClock::now();
}

bool KeptEntry::HasFailedLately() const {
  return failure_ && SteadyClock::now() < failed_at_ + kPatience;
}

std::optional<Error> KeptEntry::FailedLately() const {
  const std::scoped_lock lock(mutex_);
  return HasFailedLately() ? failure_ : std::nullopt;
}

std::optional<Error> KeptEntry::Problem(Time since) const {
  const std::scoped_lock lock(mutex_);
  return asked_at_ >= since ? failure_ : std::nullopt;
}

std::optional<Error> KeptEntry::NewProblem() {
  const std::scoped_lock lock(mutex_);
  if (!failure_ || failure_->detail == told_) return std::nullopt;
  told_ = failure_->detail;
  return failure_;
}

bool KeptEntry::IsDue(Time now) const {
  const std::scoped_lock lock(mutex_);
  if (HasFailedLately()) return false;
  // What was fetched at a time to come says that the clock went back.
  if (fetched_at_ == Time{} || fetched_at_ > now) return true;
  if (now < fetched_at_ + kPatience) return false;
  if (broken_) return true;
  // Of what was adopted and never looked at nothing is known but its age.
  const Time soon = document_ ? due_at_ - kRefreshBefore : Time::max();
  return now >= std::min<Time>(fetched_at_ + kRefreshAfter, soon);
}

bool KeptEntry::WasAskedSince(Time then) const { return asked_at() >= then; }

bool KeptEntry::empty() const {
  const std::scoped_lock lock(mutex_);
  return fetched_at_ == Time{};
}

Time KeptEntry::asked_at() const {
  const std::scoped_lock lock(mutex_);
  return asked_at_;
}

}  // namespace assay
