#include "daemon/enforcer.h"

#include <utility>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// One of those that are under way.
class Turn {
 public:
  explicit Turn(std::atomic<unsigned>& count)
      : count_(count), number_(++count) {}
  ~Turn() { --count_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  unsigned number() const { return number_; }

 private:
  std::atomic<unsigned>& count_;
  const unsigned number_;
};

// An accepted start that leaves no trace in the audit log is refused: a full
// disk must not become the moment in which nobody looks.
Verdict Unaudited(const Verdict& verdict, const Error& why) {
  Trail trail = verdict.trail();
  return Verdict(why, std::move(trail));
}

}  // namespace

std::string WithRequest(std::string line, const std::string& request_id) {
  const std::string suffix = " [request " + request_id + "]";
  const std::size_t room = limits::kAnswerLineBytes - suffix.size();
  if (line.size() > room) line.resize(room);
  // Readers that want UTF-8 would throw a line away that ends in half of it.
  while (!line.empty() && !IsUtf8(line)) line.pop_back();
  return line + suffix;
}

Answer Enforcer::Ask(const Question& question, const Verifier& verifier) {
  const auto started = Clock::now();
  DecisionRecord record;
  RecordQuestion(question, record);
  const std::uint64_t generation = generation_.load();
  const std::shared_ptr<const Policy> policy = ports_.policy();
  if (policy != nullptr) {
    record.policy_warnings = policy->warnings();
    for (std::string& open : policy->ActiveExceptions(question.now)) {
      record.policy_warnings.push_back(std::move(open));
    }
  }

  Verdict verdict = Decide(question, verifier, generation, policy, record);
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      Clock::now() - started);
  // No policy in force has no audit mode: it refuses.
  const bool audit_only =
      policy != nullptr && verdict.trail().mode == Mode::kAudit;
  return Conclude(question, std::move(verdict), audit_only, std::move(record));
}

Answer Enforcer::Refuse(const Question& question, Error why) {
  DecisionRecord record;
  RecordQuestion(question, record);
  return Conclude(question, Verifier::Refuse(std::move(why), ports_.policy()),
                  /*audit_only=*/false, std::move(record));
}

Answer Enforcer::Withdraw(const Question& question, const Trail& accepted,
                          Error why) {
  DecisionRecord record;
  RecordQuestion(question, record);
  const bool audit_only = accepted.mode == Mode::kAudit;
  return Conclude(question, Verdict(std::move(why), accepted), audit_only,
                  std::move(record));
}

Answer Enforcer::Conclude(const Question& question, Verdict verdict,
                          bool audit_only, DecisionRecord record) {
  record.allowed = verdict.accepted() || audit_only;
  Json line = ToJson(record, verdict);
  if (const Status written = ports_.audit.Append(line);
      !written && !audit_only && verdict.accepted()) {
    verdict = Unaudited(verdict, written.error());
    record.allowed = false;
    line = ToJson(record, verdict);
  }
  ++decisions_;
  if (!record.allowed) ++refusals_;
  if (verdict.accepted() && ports_.warn &&
      verdict.reason() == Reason::kAllowedByBreakGlass) {
    ports_.warn(WithRequest(verdict.Line(), record.request_id));
  }
  if (ports_.decided) ports_.decided(record, verdict);
  Answer answer{record.allowed, verdict.Line(), std::move(line), nullptr};
  if (question.hook == Hook::kPull && verdict.accepted()) {
    answer.accepted_pull = std::make_shared<const Trail>(verdict.trail());
  }
  return answer;
}

Verdict Enforcer::Decide(const Question& question, const Verifier& verifier,
                         std::uint64_t generation,
                         const std::shared_ptr<const Policy>& policy,
                         DecisionRecord& record) {
  try {
    if (question.hook == Hook::kRestore && !allow_restore_) {
      return Verifier::Refuse(Fail(Reason::kHookRestore), policy);
    }
    if (question.hook == Hook::kPull) {
      return DecidePull(question, verifier, policy);
    }
    return DecideCached(question, generation, policy, record);
  } catch (const std::exception& problem) {
    return Verifier::Refuse(Fail(Reason::kInternal, problem.what()), policy);
  } catch (...) {
    return Verifier::Refuse(Fail(Reason::kInternal), policy);
  }
}

void Enforcer::ForgetVerdicts() {
  ++generation_;
  cache_.Clear();
}

// Never from the cache nor into it: what the rule of any namespace accepts is
// not accepted in each of them.
Verdict Enforcer::DecidePull(const Question& question, const Verifier& verifier,
                             const std::shared_ptr<const Policy>& policy) {
  const Turn turn(pulls_);
  if (turn.number() > kMostPulls) {
    return Verifier::Refuse(Fail(Reason::kOverloaded), policy);
  }
  const auto subject = verifier.Establish(question, policy);
  if (!subject) {
    return verifier.DecideUnread(question, subject.error(), policy);
  }
  return verifier.DecideSubject(question, *subject, policy);
}

Verdict Enforcer::DecideCached(const Question& question,
                               std::uint64_t generation,
                               const std::shared_ptr<const Policy>& policy,
                               DecisionRecord& record) {
  const auto subject = ports_.verifier.Establish(question, policy);
  if (!subject) return Verifier::Refuse(subject.error(), policy);

  const std::string key =
      VerdictCache::KeyOf(**subject, policy->fingerprint()) + "/" +
      std::to_string(generation) +
      (HeedsExceptions(question.hook) ? "" : "/verified");
  // What the disk does not hold another may find elsewhere.
  const std::string from_disk = key + "/disk";
  auto kept = cache_.Find(key, question.now, *subject);
  if (!kept && question.offline) {
    kept = cache_.Find(from_disk, question.now, *subject);
  }
  if (kept) {
    // What was proven about signatures holds; the bytes are looked at anew.
    const bool intact =
        !kept->accepted() ||
        ports_.verifier.StillIntact(question, **subject, *kept->proof());
    if (intact) {
      record.cache = CacheState::kHit;
      return *std::move(kept);
    }
  }
  Verdict verdict = ports_.verifier.DecideSubject(question, *subject, policy);
  const bool unfound =
      question.offline &&
      (!verdict.accepted() || verdict.reason() == Reason::kAllowedByBreakGlass);
  cache_.Keep(unfound ? from_disk : key, verdict, question.now);
  return verdict;
}

}  // namespace assay
