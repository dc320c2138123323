// EnforcerService: assay.v1.Enforcer over the daemon's parts. gRPC's types stay
// behind this header.
#ifndef ASSAY_DAEMON_ENFORCER_SERVICE_H_
#define ASSAY_DAEMON_ENFORCER_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "daemon/cluster_refresher.h"
#include "daemon/enforcer.h"
#include "daemon/engine.h"
#include "daemon/nri_plugin.h"
#include "daemon/trust_refresher.h"
#include "io/policy/policy_holder.h"
#include "io/policy/policy_loader.h"

namespace assay {

class EnforcerService {
 public:
  struct Parts {
    Enforcer& enforcer;
    Engine& engine;
    PolicyHolder& policy;
    PolicyLoader policies;  // for those that are not in force
    // Questions under way at the ask socket.
    std::function<unsigned()> in_flight;
    std::vector<std::string> doors;  // NodeConfig::Doors()
    Time started_at{};
    TrustRefresher* refresher = nullptr;  // null without [trust.tuf]
    ClusterRefresher* cluster = nullptr;  // null without [kubernetes]
    const NriPlugin* nri = nullptr;       // null without [nri]
    // Reads the policy anew and asks for everything that comes from elsewhere.
    // Whether the policy's files were taken.
    std::function<bool()> reload;
  };

  // Serves on a unix socket at `path` (mode 0600), replacing a stale one.
  // Errors: kWriteFailed.
  static Result<std::unique_ptr<EnforcerService>> Start(
      Parts parts, const std::string& path);
  ~EnforcerService();  // ends calls under way within a second

 private:
  class Impl;
  explicit EnforcerService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_ENFORCER_SERVICE_H_
