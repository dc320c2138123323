#include "io/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "io/metrics/node_families.h"

namespace assay {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

std::string EffectName(bool allowed) { return allowed ? "allowed" : "denied"; }

// The hooks whose answer lets something start or not.
constexpr Hook kGuards[] = {Hook::kCreate, Hook::kRun, Hook::kRestore,
                            Hook::kPull, Hook::kNri};

// Seconds: from a verdict that was kept to one that waited for a registry.
const Histogram::BucketBoundaries kDurations = {
    25e-6, 100e-6, 250e-6, 1e-3, 2.5e-3, 10e-3, 25e-3, 0.1, 0.25, 1, 2.5, 10};

}  // namespace

class Metrics::Impl {
 public:
  Impl()
      : decisions_(prometheus::BuildCounter()
                       .Name("assay_decisions_total")
                       .Help("Decisions, by what the hook was told.")
                       .Register(registry_)),
        reasons_(prometheus::BuildCounter()
                     .Name("assay_decision_reasons_total")
                     .Help("Decisions, by reason id; see assay-reasons(7).")
                     .Register(registry_)),
        durations_(prometheus::BuildHistogram()
                       .Name("assay_decision_duration_seconds")
                       .Help("How long a decision took.")
                       .Register(registry_)) {
    for (const Hook hook : kGuards) Begin(hook);
  }

  void Decided(const DecisionRecord& record, const Verdict& verdict) {
    const std::string hook(HookName(record.hook));
    const std::string ending(EndingName(verdict.ending()));
    decisions_
        .Add({{"hook", hook},
              {"verdict", ending},
              {"effect", EffectName(record.allowed)}})
        .Increment();
    reasons_
        .Add({{"hook", hook},
              {"verdict", ending},
              {"reason", std::string(Describe(verdict.reason()).id)}})
        .Increment();
    const bool kept = record.cache == CacheState::kHit;
    durations_
        .Add({{"hook", hook}, {"cache", kept ? "hit" : "miss"}}, kDurations)
        .Observe(std::chrono::duration<double>(record.duration).count());
  }

  std::string Text(const NodeState& state) const {
    auto families = registry_.Collect();
    for (auto& family : NodeFamilies(state)) {
      families.push_back(std::move(family));
    }
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  // So that the first refusal is seen to be one more than there were.
  void Begin(Hook hook) {
    for (const Ending ending :
         {Ending::kAccepted, Ending::kRejected, Ending::kUndetermined}) {
      for (const bool allowed : {true, false}) {
        decisions_.Add({{"hook", std::string(HookName(hook))},
                        {"verdict", std::string(EndingName(ending))},
                        {"effect", EffectName(allowed)}});
      }
    }
  }

  prometheus::Registry registry_;
  Family<Counter>& decisions_;
  Family<Counter>& reasons_;
  Family<Histogram>& durations_;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

void Metrics::Decided(const DecisionRecord& record, const Verdict& verdict) {
  impl_->Decided(record, verdict);
}

std::string Metrics::Text(const NodeState& state) const {
  return impl_->Text(state);
}

}  // namespace assay
