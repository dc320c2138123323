// RegistryPlaces: where a registry, or what stands beside it, may have
// signatures of an image. PlaceMemory: such places by a key of the caller's,
// each for a while.
#ifndef ASSAY_IO_EVIDENCE_PLACE_MEMORY_H_
#define ASSAY_IO_EVIDENCE_PLACE_MEMORY_H_

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace assay {

enum RegistryPlace : std::uint8_t {
  kCosignTagPlace = 0,
  kReferrersApiPlace,
  kReferrersTagPlace,  // what stands in for the API, or did before it came
  kAttestationTagPlace,
  kLookasidePlace,  // stores behind web servers, and the registry's own
};
using RegistryPlaces = std::bitset<5>;

// Thread-safe, bounded: a key too many makes it forget the others.
class PlaceMemory {
 public:
  explicit PlaceMemory(std::chrono::milliseconds lifetime)
      : lifetime_(lifetime) {}

  RegistryPlaces Get(const std::string& key) const;
  // From now on for the lifetime; other places of the key stay as they are.
  void Add(const std::string& key, RegistryPlaces places);
  void Forget();

 private:
  using Instant = std::chrono::steady_clock::time_point;
  using Expiries = std::array<Instant, RegistryPlaces().size()>;

  const std::chrono::milliseconds lifetime_;
  mutable std::mutex mutex_;
  std::map<std::string, Expiries> entries_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_PLACE_MEMORY_H_
