#include "io/registry/auth_cache.h"

#include <utility>

namespace assay::registry {
namespace {

constexpr std::size_t kEntries = 4096;

}  // namespace

std::string AuthCache::Get(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  if (found->second.until <= std::chrono::steady_clock::now()) {
    entries_.erase(found);
    return {};
  }
  return found->second.authorization;
}

void AuthCache::Put(const std::string& key, std::string authorization,
                    Deadline until) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEntries) {
    const Deadline now = std::chrono::steady_clock::now();
    std::erase_if(entries_,
                  [&](const auto& entry) { return entry.second.until <= now; });
    if (entries_.size() >= kEntries) entries_.clear();
  }
  entries_.insert_or_assign(key, Entry{std::move(authorization), until});
}

void AuthCache::Drop(const std::string& key, const std::string& authorization) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end() && found->second.authorization == authorization) {
    entries_.erase(found);
  }
}

}  // namespace assay::registry
