// AuthCache: what to send as Authorization to a repository of a host, as long
// as it is known to be good; or another short text that a host told of itself.
// Thread-safe, bounded.
#ifndef ASSAY_IO_REGISTRY_AUTH_CACHE_H_
#define ASSAY_IO_REGISTRY_AUTH_CACHE_H_

#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace assay::registry {

class AuthCache {
 public:
  // "" when nothing is known or it has expired.
  std::string Get(const std::string& key);
  void Put(const std::string& key, std::string authorization, Deadline until);
  // Forgets it, unless somebody has replaced `authorization` meanwhile.
  void Drop(const std::string& key, const std::string& authorization);

 private:
  struct Entry {
    std::string authorization;
    Deadline until;
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_AUTH_CACHE_H_
