#include "daemon/verdict_cache.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::chrono::seconds kAcceptedFor{3600};
constexpr std::chrono::seconds kRejectedFor{3};

std::optional<Time> KeepUntil(const Verdict& verdict, Time now) {
  switch (verdict.ending()) {
    case Ending::kUndetermined:
      return std::nullopt;
    case Ending::kRejected:
      return now + kRejectedFor;
    case Ending::kAccepted: {
      const auto& end = verdict.proof()->valid_until();
      // What an exception lets through is looked at again like a refusal: once
      // it is signed it is said to be.
      const bool excepted = verdict.reason() == Reason::kAllowedByBreakGlass;
      const Time latest = now + (excepted ? kRejectedFor : kAcceptedFor);
      return end ? std::min(*end, latest) : latest;
    }
  }
  return std::nullopt;
}

// Lengths go before the parts, so that no two subjects share a key.
void Append(const Subject& subject, std::string& key) {
  const auto add = [&key](std::string_view part) {
    key.append(std::to_string(part.size())).append(":").append(part);
  };
  add(subject.config.bytes());
  add(subject.workload.pod_namespace);
  add(subject.blob_dir);
  for (const Reference& name : subject.names) add(name.str());
  for (const SignableImage& image : subject.images) {
    key.append("/");
    add(image.manifest.bytes());
    for (const Digest& index : image.indexes) add(index.bytes());
  }
  for (const Subject& volume : subject.volumes) {
    key.append("@");
    add(volume.mounted_at);
    Append(volume, key);
    key.append("$");
  }
}

}  // namespace

std::string VerdictCache::KeyOf(const Subject& subject,
                                const Digest& policy_fingerprint) {
  std::string key(policy_fingerprint.bytes());
  Append(subject, key);
  return key;
}

std::optional<Verdict> VerdictCache::Find(
    const std::string& key, Time now,
    const std::shared_ptr<const Subject>& subject) {
  const std::scoped_lock lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end()) return std::nullopt;
  const auto entry = found->second;
  // A clock that went back makes an entry as unbelievable as a late one.
  if (now < entry->from || now >= entry->until) {
    index_.erase(found);
    entries_.erase(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->verdict.WithSubject(subject);
}

void VerdictCache::Keep(const std::string& key, const Verdict& verdict,
                        Time now) {
  const auto until = KeepUntil(verdict, now);
  if (!until || capacity_ == 0) return;
  const std::scoped_lock lock(mutex_);
  if (const auto found = index_.find(key); found != index_.end()) {
    const auto entry = found->second;
    index_.erase(found);
    entries_.erase(entry);
  }
  entries_.push_front({key, verdict.WithSubject(nullptr), now, *until});
  index_.emplace(entries_.front().key, entries_.begin());
  if (entries_.size() > capacity_) {
    index_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void VerdictCache::Clear() {
  const std::scoped_lock lock(mutex_);
  index_.clear();
  entries_.clear();
}

std::size_t VerdictCache::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace assay
