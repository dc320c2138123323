#include "core/verdict/verdict.h"

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {

Trail NewTrail(const Policy& policy) {
  Trail trail;
  trail.mode = policy.mode();
  trail.policy_fingerprint = policy.fingerprint();
  trail.trust_fingerprint = policy.trust_fingerprint();
  return trail;
}

Ending Verdict::ending() const {
  if (accepted()) return Ending::kAccepted;
  return Describe(reason()).ending;
}

Reason Verdict::reason() const {
  if (accepted()) return proof_->basis();
  const bool claims_success = Describe(why_.reason).ending == Ending::kAccepted;
  return claims_success ? Reason::kInternal : why_.reason;
}

Verdict Verdict::WithSubject(std::shared_ptr<const Subject> subject) const {
  Verdict other = *this;
  other.trail_.subject = std::move(subject);
  return other;
}

std::string Verdict::Sentence() const {
  std::string sentence(Describe(reason()).sentence);
  if (!why_.detail.empty()) sentence += ": " + Printable(why_.detail, 300);
  return sentence;
}

std::string Verdict::Line() const {
  const ReasonInfo& info = Describe(reason());
  std::string line = std::string(info.id) + ": " + Sentence();
  if (!trail_.name.empty()) {
    line += " (image " + Printable(trail_.name, 200);
    if (!trail_.rule.empty()) line += ", rule " + Printable(trail_.rule, 150);
    line += ")";
  }
  if (!accepted()) line.append("; next: ").append(info.remedy);
  if (line.size() > limits::kAnswerLineBytes) {
    line.resize(limits::kAnswerLineBytes);
  }
  return line;
}

}  // namespace assay
