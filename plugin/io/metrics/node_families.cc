#include "io/metrics/node_families.h"

#include <string>
#include <utility>

namespace assay {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

class Families {
 public:
  void Gauge(std::string name, std::string help, double value,
             std::vector<ClientMetric::Label> labels = {}) {
    ClientMetric metric;
    metric.gauge.value = value;
    metric.label = std::move(labels);
    families_.push_back({std::move(name),
                         std::move(help),
                         prometheus::MetricType::Gauge,
                         {std::move(metric)}});
  }
  void Count(std::string name, std::string help, std::uint64_t value) {
    Gauge(std::move(name), std::move(help), static_cast<double>(value));
  }
  void At(std::string name, std::string help, Time time) {
    Gauge(std::move(name), std::move(help),
          static_cast<double>(time.time_since_epoch().count()));
  }

  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void AddPolicy(const NodeState& state, Families& families) {
  families.Count("assay_policy_in_force",
                 "Whether a policy is in force; without one everything is "
                 "refused.",
                 state.policy ? 1 : 0);
  families.Count("assay_policy_files_taken",
                 "Whether the policy's files as they are now are in force.",
                 state.policy_files_taken ? 1 : 0);
  families.Count("assay_policy_doors",
                 "Settings that let more start than a signature allows; assay "
                 "status names them.",
                 state.doors);
  families.Count("assay_break_glass_active",
                 "Exceptions of break-glass that are in force at this moment.",
                 state.exceptions);
  if (!state.policy) return;
  families.Gauge("assay_policy_info", "The policy in force.", 1,
                 {{"fingerprint", state.policy->fingerprint},
                  {"mode", state.policy->mode},
                  {"default", state.policy->default_action}});
  families.At("assay_policy_loaded_timestamp_seconds",
              "When the policy in force became what it is.",
              state.policy->loaded_at);
}

void AddEvidence(const EvidenceUse& use, Families& families) {
  families.Count("assay_evidence_bytes",
                 "Size of the evidence store, as measured every few minutes.",
                 use.bytes);
  families.Count("assay_evidence_bytes_limit",
                 "Size at which the evidence store takes no more.",
                 use.most_bytes);
  families.Count("assay_evidence_images",
                 "Images whose evidence is on disk, as measured then.",
                 use.images);
}

void AddTrustRoot(const TrustRootState& root, Families& families) {
  families.At("assay_trust_root_refreshed_timestamp_seconds",
              "When the TUF repository was read last; 0: never.",
              root.refreshed_at);
  families.At("assay_trust_root_fresh_until_timestamp_seconds",
              "When signers stop to rely on what was read of it; 0: they do "
              "not.",
              root.fresh_until);
}

}  // namespace

std::vector<MetricFamily> NodeFamilies(const NodeState& state) {
  Families families;
  families.Gauge("assay_build_info", "The program that answers.", 1,
                 {{"version", state.version}});
  families.At("assay_start_timestamp_seconds", "When the daemon started.",
              state.started_at);
  AddPolicy(state, families);
  families.Count("assay_verdict_cache_entries", "Verdicts kept for next time.",
                 state.cached_verdicts);
  families.Count("assay_asks_in_flight",
                 "Questions of shims and verifiers under way.",
                 state.asks_in_flight);
  if (state.evidence) AddEvidence(*state.evidence, families);
  if (state.trust_root) AddTrustRoot(*state.trust_root, families);
  if (state.nri_connected) {
    families.Count("assay_nri_connected",
                   "Whether the runtime speaks with the daemon over NRI.",
                   *state.nri_connected ? 1 : 0);
  }
  families.At("assay_enforcement_proven_timestamp_seconds",
              "When assay doctor --canary saw an unsigned image refused; 0: "
              "never.",
              state.proven_at.value_or(Time{}));
  return families.Take();
}

}  // namespace assay
