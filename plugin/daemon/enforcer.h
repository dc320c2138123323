// Enforcer: steps 7 and 8 of the walk. It takes a Question, asks the Verifier
// or the cache, applies the mode, writes the audit line and gives the answer.
#ifndef ASSAY_DAEMON_ENFORCER_H_
#define ASSAY_DAEMON_ENFORCER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/verdict/verifier.h"
#include "daemon/audit_log.h"
#include "daemon/verdict_cache.h"
#include "io/report/decision_record.h"

namespace assay {

// What a hook is told. Made deny unless the Enforcer says otherwise.
struct Answer {
  bool allow = false;
  std::string line;  // of a refusal, at most limits::kAnswerLineBytes
  Json record;       // the audit line
};

class Enforcer {
 public:
  struct Ports {
    const Verifier& verifier;
    AuditLog& audit;
    // The policy in force, null when there is none.
    std::function<std::shared_ptr<const Policy>()> policy;
  };

  Enforcer(Ports ports, bool allow_restore, std::size_t cache_capacity)
      : ports_(std::move(ports)),
        allow_restore_(allow_restore),
        cache_(cache_capacity) {}

  // Pulls at a time, which wait for registries; starts go on beside them.
  static constexpr unsigned kMostPulls = 32;

  // Thread-safe, never throws.
  Answer Ask(const Question& question);

  // What was decided before, or is being decided, counts no more for the next
  // who asks: what it rests on has changed.
  void ForgetVerdicts();

  const VerdictCache& cache() const { return cache_; }
  std::uint64_t decisions() const { return decisions_.load(); }
  std::uint64_t refusals() const { return refusals_.load(); }

 private:
  // `generation` is older than `policy`, so that what is decided under a policy
  // that was replaced meanwhile is forgotten with it.
  Verdict Decide(const Question& question, std::uint64_t generation,
                 const std::shared_ptr<const Policy>& policy,
                 DecisionRecord& record);
  Verdict DecidePull(const Question& question,
                     const std::shared_ptr<const Policy>& policy);
  Verdict DecideCached(const Question& question, std::uint64_t generation,
                       const std::shared_ptr<const Policy>& policy,
                       DecisionRecord& record);

  Ports ports_;
  bool allow_restore_;
  VerdictCache cache_;
  std::atomic<std::uint64_t> generation_{0};  // of what verdicts rest on
  std::atomic<unsigned> pulls_{0};            // under way
  std::atomic<std::uint64_t> decisions_{0};
  std::atomic<std::uint64_t> refusals_{0};
};

}  // namespace assay

#endif  // ASSAY_DAEMON_ENFORCER_H_
