// NodeState: how a daemon stands at the moment when its metrics are read.
// Times are those of the wall clock; what is not there yields no series.
#ifndef ASSAY_IO_METRICS_NODE_STATE_H_
#define ASSAY_IO_METRICS_NODE_STATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace assay {

struct PolicyState {
  std::string fingerprint;
  std::string mode;            // ModeName
  std::string default_action;  // ActionName
  Time loaded_at{};
};

struct EvidenceUse {
  std::uint64_t bytes = 0;
  std::uint64_t most_bytes = 0;
  std::uint64_t images = 0;
};

// Of [trust.tuf]. 0: never.
struct TrustRootState {
  Time refreshed_at{};
  Time fresh_until{};  // when signers stop to rely on it
};

struct NodeState {
  std::string version;
  Time started_at{};
  std::optional<PolicyState> policy;  // nullopt: everything is refused
  bool policy_files_taken = false;    // the files as they are are in force
  std::uint64_t doors = 0;  // sentences of `status` about what lets more start
  std::uint64_t exceptions = 0;  // of break-glass, in force at this moment
  std::uint64_t cached_verdicts = 0;
  std::uint64_t asks_in_flight = 0;
  std::optional<EvidenceUse> evidence;
  std::optional<TrustRootState> trust_root;  // nullopt without [trust.tuf]
  std::optional<bool> nri_connected;         // nullopt without [nri]
  std::optional<Time> proven_at;             // by assay doctor --canary
};

}  // namespace assay

#endif  // ASSAY_IO_METRICS_NODE_STATE_H_
