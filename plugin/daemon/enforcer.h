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
#include "daemon/verdict_cache.h"
#include "io/audit/audit_log.h"
#include "io/report/decision_record.h"

namespace assay {

// What a hook is told. Made deny unless the Enforcer says otherwise.
struct Answer {
  bool allow = false;
  std::string line;  // of a refusal, at most limits::kAnswerLineBytes
  Json record;       // the audit line
  // Of a pull that was accepted: what was judged, and how.
  std::shared_ptr<const Trail> accepted_pull;
};

// A refusal's line with the request's id, by which `assay explain` finds the
// rest; the id stays whole.
std::string WithRequest(std::string line, const std::string& request_id);

class Enforcer {
 public:
  struct Ports {
    const Verifier& verifier;
    AuditLog& audit;
    // The policy in force, null when there is none.
    std::function<std::shared_ptr<const Policy>()> policy;
    // Hears of each use of an exception of break-glass; may be empty.
    std::function<void(const std::string&)> warn = {};
    // Told of every decision after its audit line; may be empty.
    std::function<void(const DecisionRecord&, const Verdict&)> decided = {};
  };

  Enforcer(Ports ports, bool allow_restore, std::size_t cache_capacity)
      : ports_(std::move(ports)),
        allow_restore_(allow_restore),
        cache_(cache_capacity) {}

  // Pulls at a time, which wait for registries; starts go on beside them.
  static constexpr unsigned kMostPulls = 32;

  // Thread-safe, never throws.
  Answer Ask(const Question& question) {
    return Ask(question, ports_.verifier);
  }
  // With a verifier that asks registries in another way; for pulls alone, whose
  // verdicts are not kept.
  Answer Ask(const Question& question, const Verifier& verifier);

  // A question of which no more is known than who asks: nothing was read of
  // it, or not all. Whatever the mode, it is refused. Thread-safe, never
  // throws.
  Answer Refuse(const Question& question, Error why);

  // What was accepted before is refused for what became known since; under the
  // mode of the rule that accepted it. Thread-safe, never throws.
  Answer Withdraw(const Question& question, const Trail& accepted, Error why);

  // What was decided before, or is being decided, counts no more for the next
  // who asks: what it rests on has changed.
  void ForgetVerdicts();

  const VerdictCache& cache() const { return cache_; }
  std::uint64_t decisions() const { return decisions_.load(); }
  std::uint64_t refusals() const { return refusals_.load(); }

 private:
  // `generation` is older than `policy`, so that what is decided under a policy
  // that was replaced meanwhile is forgotten with it.
  Verdict Decide(const Question& question, const Verifier& verifier,
                 std::uint64_t generation,
                 const std::shared_ptr<const Policy>& policy,
                 DecisionRecord& record);
  Verdict DecidePull(const Question& question, const Verifier& verifier,
                     const std::shared_ptr<const Policy>& policy);
  Answer Conclude(const Question& question, Verdict verdict, bool audit_only,
                  DecisionRecord record);
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
