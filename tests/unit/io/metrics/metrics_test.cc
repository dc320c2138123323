#include "io/metrics/metrics.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

bool Has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

DecisionRecord Record(Hook hook, bool allowed) {
  DecisionRecord record;
  record.hook = hook;
  record.allowed = allowed;
  record.duration = std::chrono::microseconds(300);
  return record;
}

Verdict Refusal(Reason reason) { return Verdict(Fail(reason), Trail()); }

TEST_CASE("a guard's decisions are there before the first one") {
  const Metrics metrics;
  const std::string text = metrics.Text({});
  for (const auto* hook : {"create", "run", "restore", "pull", "nri"}) {
    for (const auto* verdict : {"accepted", "rejected", "undetermined"}) {
      CHECK(Has(text, std::string("assay_decisions_total{effect=\"denied\","
                                  "hook=\"") +
                          hook + "\",verdict=\"" + verdict + "\"} 0"));
    }
  }
}

TEST_CASE("a decision is counted by what it was and by what came of it") {
  Metrics metrics;
  metrics.Decided(Record(Hook::kCreate, false),
                  Refusal(Reason::kNoRuleMatches));
  metrics.Decided(Record(Hook::kCreate, true), Refusal(Reason::kNoRuleMatches));
  metrics.Decided(Record(Hook::kPull, false), Refusal(Reason::kInternal));
  const std::string text = metrics.Text({});
  CHECK(Has(text,
            "assay_decisions_total{effect=\"denied\",hook=\"create\",verdict="
            "\"rejected\"} 1"));
  CHECK(Has(text,
            "assay_decisions_total{effect=\"allowed\",hook=\"create\",verdict="
            "\"rejected\"} 1"));
  CHECK(Has(text,
            "assay_decisions_total{effect=\"denied\",hook=\"pull\",verdict="
            "\"undetermined\"} 1"));
  CHECK(Has(text,
            "assay_decision_reasons_total{hook=\"create\",reason=\"no-rule-"
            "matches\",verdict=\"rejected\"} 2"));
}

TEST_CASE("durations tell what was kept from what was found out") {
  Metrics metrics;
  DecisionRecord hit = Record(Hook::kCreate, true);
  hit.cache = CacheState::kHit;
  hit.duration = std::chrono::microseconds(20);
  metrics.Decided(hit, Refusal(Reason::kNoRuleMatches));
  metrics.Decided(Record(Hook::kCreate, true), Refusal(Reason::kNoRuleMatches));
  const std::string text = metrics.Text({});
  const std::string bucket = "assay_decision_duration_seconds_bucket{cache=";
  CHECK(Has(text, bucket + "\"hit\",hook=\"create\",le=\"2.5e-05\"} 1"));
  CHECK(Has(text, bucket + "\"miss\",hook=\"create\",le=\"0.00025\"} 0"));
  CHECK(Has(text, bucket + "\"miss\",hook=\"create\",le=\"0.001\"} 1"));
}

TEST_CASE("what a node is not set up for yields no series") {
  const Metrics metrics;
  const std::string text = metrics.Text({});
  CHECK(Has(text, "assay_policy_in_force 0"));
  CHECK(Has(text, "assay_policy_files_taken 0"));
  CHECK(Has(text, "assay_enforcement_proven_timestamp_seconds 0"));
  for (const auto* name : {"assay_policy_info", "assay_nri_connected",
                           "assay_trust_root", "assay_evidence"}) {
    CHECK(text.find(name) == std::string::npos);
  }
}

TEST_CASE("a node's state is told as it is") {
  NodeState state;
  state.version = "1.2";
  state.policy = PolicyState{"sha256:aa", "audit", "allow",
                             Time{std::chrono::seconds(1700000000)}};
  state.policy_files_taken = true;
  state.doors = 2;
  state.exceptions = 1;
  state.evidence = EvidenceUse{10, 20, 3};
  state.trust_root = TrustRootState{Time{std::chrono::seconds(5)}, Time{}};
  state.nri_connected = false;
  state.proven_at = Time{std::chrono::seconds(1700000001)};
  const std::string text = Metrics().Text(state);
  CHECK(Has(text, "assay_build_info{version=\"1.2\"} 1"));
  CHECK(Has(text,
            "assay_policy_info{fingerprint=\"sha256:aa\",mode=\"audit\","
            "default=\"allow\"} 1"));
  CHECK(Has(text, "assay_policy_loaded_timestamp_seconds 1700000000"));
  CHECK(Has(text, "assay_policy_doors 2"));
  CHECK(Has(text, "assay_break_glass_active 1"));
  CHECK(Has(text, "assay_evidence_bytes 10"));
  CHECK(Has(text, "assay_evidence_bytes_limit 20"));
  CHECK(Has(text, "assay_evidence_images 3"));
  CHECK(Has(text, "assay_trust_root_refreshed_timestamp_seconds 5"));
  CHECK(Has(text, "assay_trust_root_fresh_until_timestamp_seconds 0"));
  CHECK(Has(text, "assay_nri_connected 0"));
  CHECK(Has(text, "assay_enforcement_proven_timestamp_seconds 1700000001"));
}

}  // namespace
