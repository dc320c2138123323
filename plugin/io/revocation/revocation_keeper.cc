#include "io/revocation/revocation_keeper.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/revocation/revocation_fetch.h"

namespace assay {
namespace {

using SteadyClock = std::chrono::steady_clock;

// An address that did not answer is not asked again for so long.
constexpr std::chrono::seconds kPatience{10};
// What is kept is asked for anew after so long.
constexpr std::chrono::minutes kRefreshAfter{55};
// What nobody asked for in so long is dropped.
constexpr std::chrono::days kForgetAfter{14};
constexpr std::chrono::seconds kFetchDeadline{10};

std::string InWords(const Error& error) {
  return std::string(Describe(error.reason).id) + ": " + error.detail;
}

}  // namespace

RevocationKeeper::RevocationKeeper(Options options)
    : options_(std::move(options)), store_(options_.folder) {}

bool RevocationKeeper::FailedLately(const Entry& entry) {
  return entry.failure && SteadyClock::now() < entry.failed_at + kPatience;
}

RevocationKeeper::Entry& RevocationKeeper::EntryOf(
    const RevocationPlace& place) {
  const std::string name = RevocationStore::NameOf(place);
  const auto known = entries_.find(name);
  if (known != entries_.end()) return known->second;
  if (entries_.size() >= limits::kRevocationFiles) {
    const auto oldest = std::min_element(
        entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
          return a.second.asked_at < b.second.asked_at;
        });
    store_.Drop(oldest->first);
    entries_.erase(oldest);
  }
  return entries_.emplace(name, Entry{.place = place}).first->second;
}

// Reads the file again where it is another one than before.
void RevocationKeeper::Look(const std::string& name, Entry& entry) const {
  const auto identity = store_.IdentityOf(name);
  if (!identity || identity == entry.identity) return;
  entry.identity = identity;
  auto record = store_.Read(name);
  auto document = record ? ParseRevocation(entry.place, record->bytes)
                         : Result<RevocationDocument>(record.error());
  if (!document) {
    entry.broken = document.error();
    return;
  }
  entry.broken.reset();
  entry.document = *std::move(document);
  entry.fetched_at = record->fetched_at;
}

Result<RevocationDocument> RevocationKeeper::Read(Entry& entry) const {
  Look(RevocationStore::NameOf(entry.place), entry);
  if (entry.broken) return *entry.broken;
  if (entry.document) return *entry.document;
  return Fail(Reason::kNotFound, Printable(entry.place.url, 200));
}

Result<RevocationDocument> RevocationKeeper::Kept(
    const RevocationPlace& place) {
  Result<RevocationDocument> kept;
  {
    const std::scoped_lock lock(mutex_);
    Entry& entry = EntryOf(place);
    entry.asked_at = options_.now();
    kept = Read(entry);
  }
  if (!kept && options_.missed) options_.missed();
  return kept;
}

Result<RevocationDocument> RevocationKeeper::Fetch(const RevocationPlace& place,
                                                   Deadline deadline) {
  {
    const std::scoped_lock lock(mutex_);
    Entry& entry = EntryOf(place);
    entry.asked_at = options_.now();
    if (FailedLately(entry)) return *entry.failure;
  }
  return Ask(place, deadline);
}

Result<RevocationDocument> RevocationKeeper::Ask(const RevocationPlace& place,
                                                 Deadline deadline) {
  const auto bytes = FetchRevocation(client_, place, deadline);
  auto document = bytes ? ParseRevocation(place, *bytes)
                        : Result<RevocationDocument>(bytes.error());
  if (bytes && !document) {
    document = WithContext(document.error(), place.url);
  }
  Status holds = Done{};
  if (document) holds = CheckHolds(*document, place, options_.now());
  if (!holds) document = WithContext(holds.error(), place.url);

  const std::scoped_lock lock(mutex_);
  Entry& entry = EntryOf(place);
  if (!document) {
    entry.failure = document.error();
    entry.failed_at = SteadyClock::now();
    return document.error();
  }
  entry.failure.reset();
  Take(entry, *bytes, *document);
  return *entry.document;
}

// Whoever stands on the way could give back what was said before a revocation.
void RevocationKeeper::Take(Entry& entry, const std::string& bytes,
                            const RevocationDocument& document) {
  const Time now = options_.now();
  const std::string name = RevocationStore::NameOf(entry.place);
  Look(name, entry);
  entry.fetched_at = now;
  const bool replaces = !entry.document ||
                        MayReplace(document, *entry.document, entry.place, now);
  if (!replaces) return;
  entry.document = document;
  entry.broken.reset();
  // What cannot be kept on disk is in memory, and asked for again next time.
  const Status kept = store_.Write({entry.place, now, bytes});
  entry.identity = kept ? store_.IdentityOf(name) : std::nullopt;
}

void RevocationKeeper::Adopt() {
  for (const std::string& name : store_.Names()) {
    auto record = store_.Read(name);
    if (!record) {
      store_.Drop(name);
      continue;
    }
    const std::scoped_lock lock(mutex_);
    Entry& entry = EntryOf(record->place);
    entry.asked_at = options_.now();
    entry.fetched_at = record->fetched_at;
  }
}

std::vector<RevocationPlace> RevocationKeeper::Due(bool everything) {
  const Time now = options_.now();
  std::vector<RevocationPlace> due;
  const std::scoped_lock lock(mutex_);
  for (auto one = entries_.begin(); one != entries_.end();) {
    const Entry& entry = one->second;
    if (entry.asked_at + kForgetAfter < now) {
      store_.Drop(one->first);
      one = entries_.erase(one);
      continue;
    }
    const bool missing = entry.fetched_at == Time{} || entry.broken;
    const bool old = missing || entry.fetched_at + kRefreshAfter <= now;
    if (everything || (old && !FailedLately(entry))) {
      due.push_back(entry.place);
    }
    ++one;
  }
  return due;
}

RevocationKeeper::Round RevocationKeeper::Refresh(bool everything) {
  Round round;
  for (const RevocationPlace& place : Due(everything)) {
    if (stopping_) break;
    const auto before = KnownAtOf(place);
    const auto fetched = Ask(place, SteadyClock::now() + kFetchDeadline);
    if (!fetched) {
      round.problems.push_back(InWords(fetched.error()));
      continue;
    }
    ++round.fetched;
    round.changed |= before != KnownAt(*fetched, place, options_.now());
  }
  return round;
}

std::optional<Time> RevocationKeeper::KnownAtOf(const RevocationPlace& place) {
  const std::scoped_lock lock(mutex_);
  const auto kept = Read(EntryOf(place));
  if (!kept) return std::nullopt;
  return KnownAt(*kept, place, options_.now());
}

std::vector<std::string> RevocationKeeper::Problems() const {
  std::vector<std::string> problems;
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry.failure) problems.push_back(InWords(*entry.failure));
  }
  return problems;
}

}  // namespace assay
