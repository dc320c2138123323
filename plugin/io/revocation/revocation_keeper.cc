#include "io/revocation/revocation_keeper.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/error_text.h"
#include "base/limits.h"
#include "io/registry/url.h"
#include "io/revocation/revocation_fetch.h"

namespace assay {
namespace {

// What nobody asked for in so long is dropped, and no problem any more.
constexpr std::chrono::days kForgetAfter{14};
constexpr std::chrono::days kProblemFor{1};
constexpr std::chrono::seconds kFetchDeadline{10};

std::string ServerOf(const RevocationPlace& place) {
  const auto url = registry::Url::Parse(place.url);
  return url ? url->Authority() : place.url;
}

void Call(const std::function<void()>& what) {
  if (what) what();
}

}  // namespace

RevocationKeeper::RevocationKeeper(Options options)
    : options_(std::move(options)), store_(options_.folder) {}

RevocationKeeper::EntryPtr RevocationKeeper::EntryOf(
    const RevocationPlace& place) {
  const std::string name = RevocationStore::NameOf(place);
  const std::scoped_lock lock(mutex_);
  EntryPtr& entry = entries_[name];
  if (entry) return entry;
  entry = std::make_shared<KeptEntry>(place, store_, options_.now());
  EntryPtr made = entry;
  MakeRoom();
  return made;
}

// What is over the bound goes: first what was never to be had, then what was
// not asked for in the longest time.
void RevocationKeeper::MakeRoom() {
  if (entries_.size() <= limits::kRevocationFiles) return;
  const auto rank = [](const auto& one) {
    return std::tuple(!one.second->empty(), one.second->asked_at());
  };
  const auto least = std::min_element(
      entries_.begin(), entries_.end(),
      [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  store_.Drop(least->first);
  entries_.erase(least);
}

Result<RevocationDocument> RevocationKeeper::Kept(
    const RevocationPlace& place) {
  KeptEntry::Look look = EntryOf(place)->AskedAt(options_.now());
  if (look.changed) Call(options_.changed);
  if (look.overdue) Call(options_.missed);
  return std::move(look.document);
}

Result<RevocationDocument> RevocationKeeper::Fetch(const RevocationPlace& place,
                                                   Deadline deadline) {
  const EntryPtr entry = EntryOf(place);
  if (const auto failed = entry->FailedLately()) return *failed;
  return Ask(*entry, deadline);
}

Result<RevocationDocument> RevocationKeeper::Ask(KeptEntry& entry,
                                                 Deadline deadline) {
  const RevocationPlace& place = entry.place();
  const auto fail = [&](const Error& why) {
    entry.Failed(why);
    return why;
  };
  const auto bytes = FetchRevocation(client_, place, deadline);
  if (!bytes) return fail(bytes.error());
  auto document = ParseRevocation(place, *bytes);
  if (!document) return fail(WithContext(document.error(), place.url));
  const Time now = options_.now();
  const Status holds = CheckHolds(*document, place, now);
  if (!holds) return fail(WithContext(holds.error(), place.url));
  if (entry.Take(*bytes, *std::move(document), now)) Call(options_.changed);
  return entry.document();
}

// What others put into the store, or an earlier process did.
void RevocationKeeper::Adopt() {
  for (const std::string& name : store_.Names()) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_ || entries_.contains(name)) continue;
    }
    const auto record = store_.Read(name);
    if (!record) {
      // What cannot be read now may be readable in a moment.
      if (record.error().reason == Reason::kRevocationMalformed) {
        store_.Drop(name);
      }
      continue;
    }
    const auto entry =
        std::make_shared<KeptEntry>(record->place, store_, Time{});
    entry->AskedAt(record->fetched_at);
    const std::scoped_lock lock(mutex_);
    if (entries_.emplace(name, entry).second) MakeRoom();
  }
}

// What was never to be had comes first.
std::vector<RevocationKeeper::EntryPtr> RevocationKeeper::Due(bool everything) {
  const Time now = options_.now();
  std::vector<EntryPtr> due;
  const std::scoped_lock lock(mutex_);
  for (auto one = entries_.begin(); one != entries_.end();) {
    if (!one->second->WasAskedSince(now - kForgetAfter)) {
      store_.Drop(one->first);
      one = entries_.erase(one);
      continue;
    }
    if (everything || one->second->IsDue(now)) due.push_back(one->second);
    ++one;
  }
  std::stable_partition(due.begin(), due.end(),
                        [](const EntryPtr& one) { return one->empty(); });
  return due;
}

// A server that does not answer is asked once a round: whoever waits for
// another's answer must not wait for all of its time-outs.
std::vector<std::string> RevocationKeeper::Refresh(bool everything) {
  Adopt();
  std::vector<std::string> problems;
  std::set<std::string> silent;
  for (const EntryPtr& entry : Due(everything)) {
    if (stopping_) break;
    const std::string server = ServerOf(entry->place());
    if (silent.contains(server)) continue;
    const auto fetched =
        Ask(*entry, std::chrono::steady_clock::now() + kFetchDeadline);
    if (!fetched && fetched.error().reason == Reason::kRevocationUnknown) {
      silent.insert(server);
    }
    if (const auto problem = entry->NewProblem()) {
      problems.push_back(ErrorText(*problem));
    }
  }
  return problems;
}

std::vector<std::string> RevocationKeeper::Problems() const {
  const Time since = options_.now() - kProblemFor;
  std::vector<std::string> problems;
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (const auto problem = entry->Problem(since)) {
      problems.push_back(ErrorText(*problem));
    }
  }
  return problems;
}

}  // namespace assay
