// StateReader: how the daemon's parts stand, for its metrics.
#ifndef ASSAY_DAEMON_STATE_READER_H_
#define ASSAY_DAEMON_STATE_READER_H_

#include <cstddef>
#include <functional>

#include "base/paths.h"
#include "daemon/enforcer.h"
#include "daemon/engine.h"
#include "daemon/nri_plugin.h"
#include "daemon/trust_refresher.h"
#include "io/metrics/node_state.h"
#include "io/policy/policy_holder.h"

namespace assay {

// Borrows all of them. Thread-safe, as they are.
struct StateReader {
  const Paths& paths;
  const Enforcer& enforcer;
  Engine& engine;
  const PolicyHolder& policy;
  std::function<unsigned()> in_flight;
  std::size_t doors = 0;  // NodeConfig::Doors()
  Time started_at{};
  const TrustRefresher* refresher = nullptr;  // null without [trust.tuf]
  const NriPlugin* nri = nullptr;             // null without [nri]

  NodeState Read() const;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_STATE_READER_H_
