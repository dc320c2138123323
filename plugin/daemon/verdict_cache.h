// VerdictCache: verdicts of late, for images that start again and again.
//
// A key names everything a verdict depends on: the subject's digests and
// names, the pod's namespace and the policy's fingerprint. Accepted verdicts
// live until their Proof ends, at most an hour; rejected ones for seconds, so
// that a new signature works at once and a refusal that is asked for again and
// again stays cheap, and so do those by an exception; undetermined ones are
// never kept. Thread-safe, bounded.
#ifndef ASSAY_DAEMON_VERDICT_CACHE_H_
#define ASSAY_DAEMON_VERDICT_CACHE_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "core/verdict/verdict.h"

namespace assay {

class VerdictCache {
 public:
  explicit VerdictCache(std::size_t capacity) : capacity_(capacity) {}

  static std::string KeyOf(const Subject& subject,
                           const Digest& policy_fingerprint);

  // The kept verdict, with `subject` in its trail.
  std::optional<Verdict> Find(const std::string& key, Time now,
                              const std::shared_ptr<const Subject>& subject);
  void Keep(const std::string& key, const Verdict& verdict, Time now);
  void Clear();
  std::size_t size() const;

 private:
  struct Entry {
    std::string key;
    Verdict verdict;
    Time from;
    Time until;
  };
  using Entries = std::list<Entry>;  // most recently used first

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_VERDICT_CACHE_H_
