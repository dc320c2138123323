// Metrics: what Prometheus reads of a node, decisions as they were made and the
// daemon as it stands (assayd(8), METRICS; Prometheus text format 0.0.4).
//
// No label says what an image, a pod or a registry says: each value is one of a
// table of Assay's own, or the policy's fingerprint, so that nobody can make
// series without end. Thread-safe.
#ifndef ASSAY_IO_METRICS_METRICS_H_
#define ASSAY_IO_METRICS_METRICS_H_

#include <functional>
#include <memory>
#include <string>

#include "core/verdict/verdict.h"
#include "io/metrics/node_state.h"
#include "io/report/decision_record.h"

namespace assay {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Counts a decision; about a microsecond.
  void Decided(const DecisionRecord& record, const Verdict& verdict);

  // Everything counted so far, and `state`.
  std::string Text(const NodeState& state) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_METRICS_METRICS_H_
