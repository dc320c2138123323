#include "io/evidence/place_memory.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kEntries = 4096;

}  // namespace

RegistryPlaces PlaceMemory::Get(const std::string& key) const {
  const Instant now = std::chrono::steady_clock::now();
  RegistryPlaces places;
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = now < entry->second.at(i);
  }
  return places;
}

void PlaceMemory::Add(const std::string& key, RegistryPlaces places) {
  const Instant now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEntries && !entries_.contains(key)) {
    std::erase_if(entries_, [&](const auto& entry) {
      return *std::max_element(entry.second.begin(), entry.second.end()) <= now;
    });
    if (entries_.size() >= kEntries) entries_.clear();
  }
  Expiries& expiries = entries_[key];
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i]) expiries.at(i) = now + lifetime_;
  }
}

void PlaceMemory::Forget() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace assay
