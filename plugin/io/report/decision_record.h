// DecisionRecord: one decision as people and machines read it. The same JSON
// object is the audit line, `assay verify --json` and what gRPC carries;
// its members are a documented, versioned schema (assay-audit(5)).
#ifndef ASSAY_IO_REPORT_DECISION_RECORD_H_
#define ASSAY_IO_REPORT_DECISION_RECORD_H_

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "core/question/question.h"
#include "core/verdict/verdict.h"

namespace assay {

// Where the verdict came from.
enum class CacheState : std::uint8_t { kMiss = 0, kHit };

struct DecisionRecord {
  std::string request_id;
  Hook hook = Hook::kUnspecified;
  Time time{};
  CacheState cache = CacheState::kMiss;
  std::chrono::microseconds duration{};
  bool allowed = false;  // what the hook was told, after the mode
  // What the hook claimed, for decisions that found no subject.
  std::string claimed_container;
  std::string claimed_namespace;
  std::string claimed_reference;
  std::vector<std::string> policy_warnings;
};

// The claim's parts of a record; everything else is left as it is.
void RecordQuestion(const Question& question, DecisionRecord& record);

Json ToJson(const DecisionRecord& record, const Verdict& verdict);

}  // namespace assay

#endif  // ASSAY_IO_REPORT_DECISION_RECORD_H_
