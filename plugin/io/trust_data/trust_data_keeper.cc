#include "io/trust_data/trust_data_keeper.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "base/error_text.h"
#include "base/limits.h"
#include "io/trust_data/notary_documents.h"

namespace assay {
namespace {

using SteadyClock = std::chrono::steady_clock;

// As long as a rejected verdict is kept: a new signature works at once.
constexpr std::chrono::seconds kRemember{3};
// How old trust data may be before it is fetched anew in the background. It is
// valid for two weeks by default, but what is signed may change at any time.
constexpr std::chrono::hours kFreshFor{1};
// What nobody asked for in so long is not fetched any more, nor a problem.
constexpr std::chrono::days kForgetAfter{14};
constexpr std::chrono::days kProblemFor{1};

std::string ProblemOf(const TrustDataPlace& place, const Error& error) {
  return place.repository.Repository() + ": " + ErrorText(error);
}

// A place gets no more of a decision's time than a registry.
Deadline Soon() { return SteadyClock::now() + limits::kRegistryDeadline; }

std::string ServerOf(const TrustDataPlace& place) {
  return place.at.empty() ? place.repository.host() : place.at;
}

}  // namespace

// What is known of how asking for one place went. Thread-safe.
class TrustDataKeeper::Entry {
 public:
  explicit Entry(const TrustDataPlace& place) : place_(place) {}

  const TrustDataPlace& place() const { return place_; }
  // Held while the place is asked. Who cannot have it in time goes without.
  std::timed_mutex& asking() { return asking_; }

  void AskedAt(Time now) {
    const std::scoped_lock lock(mutex_);
    asked_at_ = now;
  }
  bool WasAskedSince(Time then) const {
    const std::scoped_lock lock(mutex_);
    return asked_at_ >= then;
  }
  Time asked_at() const {
    const std::scoped_lock lock(mutex_);
    return asked_at_;
  }

  // `unkept`: why what was fetched is not kept.
  void Ended(std::optional<Error> failure, std::optional<Error> unkept = {}) {
    const std::scoped_lock lock(mutex_);
    ended_at_ = SteadyClock::now();
    failure_ = std::move(failure);
    unkept_ = std::move(unkept);
    if (!failure_ && !unkept_) told_.clear();
  }
  // How the last try ended, where that was a moment ago.
  std::optional<std::optional<Error>> EndedLately() const {
    const std::scoped_lock lock(mutex_);
    if (!ended_at_ || SteadyClock::now() - *ended_at_ >= kRemember) {
      return std::nullopt;
    }
    return failure_;
  }
  bool IsDue() const {
    const std::scoped_lock lock(mutex_);
    return !ended_at_ || failure_ ||
           SteadyClock::now() - *ended_at_ >= kFreshFor;
  }
  // That there is no trust data is an answer and no problem.
  std::optional<Error> Problem() const {
    const std::scoped_lock lock(mutex_);
    const bool answer = failure_ && failure_->reason == Reason::kNoSignature;
    return failure_ && !answer ? failure_ : unkept_;
  }
  // What could not be kept and is newer than what is.
  void Hold(std::optional<TrustData> data) {
    const std::scoped_lock lock(mutex_);
    held_ = std::move(data);
  }
  std::optional<TrustData> Held() const {
    const std::scoped_lock lock(mutex_);
    return held_;
  }
  // Whether others may be signed than when this program handed it out last.
  // Another program may have renewed what is kept meanwhile.
  bool HandOut(const TrustData& data) {
    TrustData told = data;
    told.by_role.erase("timestamp");
    const std::scoped_lock lock(mutex_);
    const bool other = handed_out_ && (handed_out_->by_role != told.by_role ||
                                       handed_out_->roots != told.roots);
    handed_out_ = std::move(told);
    return other;
  }
  // The last failure, once.
  std::optional<Error> NewProblem() {
    auto problem = Problem();
    const std::scoped_lock lock(mutex_);
    if (!problem || told_ == problem->detail) return std::nullopt;
    told_ = problem->detail;
    return problem;
  }

 private:
  const TrustDataPlace place_;
  std::timed_mutex asking_;
  mutable std::mutex mutex_;
  Time asked_at_{};
  std::optional<SteadyClock::time_point> ended_at_;
  std::optional<Error> failure_;
  std::optional<Error> unkept_;
  std::string told_;
  std::optional<TrustData> held_;
  std::optional<TrustData> handed_out_;  // without the timestamp, which alone
                                         // says that nothing else is new
};

TrustDataKeeper::TrustDataKeeper(RegistryClient& registry, Options options)
    : registry_(registry),
      options_(std::move(options)),
      store_(options_.folder) {}

TrustDataKeeper::~TrustDataKeeper() = default;

TrustDataKeeper::EntryPtr TrustDataKeeper::EntryOf(
    const TrustDataPlace& place) {
  // What an image claims to be is asked more carefully, and by itself.
  const std::string name =
      TrustDataStore::NameOf(place) + (place.claimed ? " claimed" : "");
  const std::scoped_lock lock(mutex_);
  EntryPtr& entry = entries_[name];
  if (!entry) entry = std::make_shared<Entry>(place);
  entry->AskedAt(options_.now());
  EntryPtr found = entry;
  if (entries_.size() > limits::kDctRepositories) {
    entries_.erase(std::min_element(
        entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
          return a.second->asked_at() < b.second->asked_at();
        }));
  }
  return found;
}

// What a folder has now costs no more than what is kept.
Result<TrustData> TrustDataKeeper::Kept(const TrustDataPlace& place) {
  const EntryPtr entry = EntryOf(place);
  if (!IsFolder(place)) return HandOut(*entry, Known(*entry));
  auto now = AskInTime(*entry, Soon());
  if (now) return now;
  auto kept = Known(*entry);
  return kept ? HandOut(*entry, std::move(kept)) : std::move(now);
}

// The newest that was proven here, on disk or not.
Result<TrustData> TrustDataKeeper::Known(const Entry& entry) const {
  if (auto held = entry.Held()) return *std::move(held);
  return store_.Read(entry.place());
}

Result<TrustData> TrustDataKeeper::HandOut(Entry& entry,
                                           Result<TrustData> data) const {
  if (data && entry.HandOut(*data) && options_.changed) options_.changed();
  return data;
}

Result<TrustData> TrustDataKeeper::Fetch(const TrustDataPlace& place,
                                         Deadline deadline) {
  return AskInTime(*EntryOf(place), std::min(deadline, Soon()));
}

// A folder costs too little to remember how reading it went.
Result<TrustData> TrustDataKeeper::AskInTime(Entry& entry, Deadline deadline) {
  const std::unique_lock lock(entry.asking(), deadline);
  if (!lock) {
    return Fail(Reason::kDctUnavailable, "it is still being asked for");
  }
  const auto ended = entry.EndedLately();
  if (!ended || IsFolder(entry.place())) return Ask(entry, deadline);
  if (*ended) return **ended;
  auto kept = Known(entry);
  return kept ? HandOut(entry, std::move(kept)) : Ask(entry, deadline);
}

// With the entry's lock held. That it cannot be kept does not make it wrong.
// What is kept and cannot be read is no first contact: an older set could take
// its place.
Result<TrustData> TrustDataKeeper::Ask(Entry& entry, Deadline deadline) {
  const TrustDataPlace& place = entry.place();
  const auto kept = Known(entry);
  if (!kept && kept.error().reason != Reason::kNotFound) {
    entry.Ended(Fail(Reason::kDctUnavailable,
                     store_.PathOf(place) + ": " + kept.error().detail));
    return *entry.Problem();
  }
  const auto documents = OpenDocuments(registry_, place, deadline);
  auto fresh = place.judge->Renew(*documents, place.repository,
                                  kept ? &*kept : nullptr, options_.now());
  if (!fresh) {
    entry.Ended(fresh.error());
    return fresh;
  }
  const bool same = !entry.Held() && kept && kept->roots == fresh->roots &&
                    kept->by_role == fresh->by_role;
  const Status written = same ? Ok() : store_.Write(place, *fresh);
  entry.Hold(written ? std::optional<TrustData>() : *fresh);
  entry.Ended(std::nullopt, written ? std::optional<Error>() : written.error());
  return HandOut(entry, std::move(fresh));
}

std::vector<TrustDataKeeper::EntryPtr> TrustDataKeeper::Due(bool everything) {
  const Time since = options_.now() - kForgetAfter;
  std::vector<EntryPtr> due;
  const std::scoped_lock lock(mutex_);
  std::erase_if(entries_, [&](const auto& one) {
    return !one.second->WasAskedSince(since);
  });
  for (const auto& [name, entry] : entries_) {
    if (everything || entry->IsDue()) due.push_back(entry);
  }
  return due;
}

// A server that does not answer is asked once a round: whoever waits for
// another's answer must not wait for all of its time-outs.
std::vector<std::string> TrustDataKeeper::Refresh(bool everything) {
  std::vector<std::string> problems;
  std::set<std::string> silent;
  for (const EntryPtr& entry : Due(everything)) {
    if (stopping_) break;
    const std::string server = ServerOf(entry->place());
    if (silent.contains(server)) continue;
    const std::unique_lock lock(entry->asking());
    const auto fetched = Ask(*entry, SteadyClock::now() + limits::kDctDeadline);
    if (!fetched && fetched.error().reason == Reason::kDctUnavailable) {
      silent.insert(server);
    }
    if (const auto problem = entry->NewProblem()) {
      problems.push_back(ProblemOf(entry->place(), *problem));
    }
  }
  return problems;
}

std::vector<std::string> TrustDataKeeper::Problems() const {
  const Time since = options_.now() - kProblemFor;
  std::vector<std::string> problems;
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (!entry->WasAskedSince(since)) continue;
    if (const auto problem = entry->Problem()) {
      problems.push_back(ProblemOf(entry->place(), *problem));
    }
  }
  return problems;
}

}  // namespace assay
