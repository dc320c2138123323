#include "cli/trust_check.h"

#include <chrono>
#include <set>
#include <string>

#include "io/config/node_config.h"
#include "io/kubernetes/cluster_store.h"
#include "io/policy/policy_loader.h"
#include "io/tuf/tuf_store.h"

namespace assay {
namespace {

constexpr const char* kId = "trust-mirror";
constexpr const char* kClusterId = "cluster-keys";
// The daemon notes each hour that nothing changed.
constexpr std::chrono::hours kHeardLately{24};
constexpr const char* kRemedy = "sudo assay reload; assay status";

Check Judge(const TufSettings& settings, const TufState& state,
            const std::set<std::string>& wanted, Time now) {
  for (const std::string& name : wanted) {
    if (state.files.contains(name)) continue;
    return {kId, Health::kWarning,
            "tuf:" + name + " was never fetched from " + settings.mirror +
                ", so its signers are undetermined",
            kRemedy};
  }
  const Time expires = state.published.timestamp()->head.expires;
  const Time fresh_until = *state.FreshUntil(settings);
  if (now >= fresh_until) {
    return {kId, Health::kWarning,
            "what " + settings.mirror +
                " published was last confirmed too "
                "long ago, so its signers are undetermined since " +
                Rfc3339(fresh_until),
            kRemedy};
  }
  if (now >= expires) {
    return {kId, Health::kWarning,
            "what " + settings.mirror + " published expired at " +
                Rfc3339(expires) + "; it is relied on until " +
                Rfc3339(fresh_until),
            kRemedy};
  }
  return {kId, Health::kOk,
          settings.mirror + ", root " +
              std::to_string(state.published.root().head.version) +
              ", expires " + Rfc3339(expires),
          ""};
}

Check JudgeKeys(const ClusterReference& reference, const ClusterStore& store,
                Time now) {
  std::string name = reference.object.str();
  if (!reference.item.empty()) name += "#" + reference.item;
  const auto kept = store.Load(reference.object);
  const auto keys = store.Read(reference);
  if (!kept || !keys) {
    const Error& error = keys ? kept.error() : keys.error();
    return {kClusterId, Health::kWarning,
            name + ": " + std::string(Describe(error.reason).id) + " " +
                error.detail,
            kRemedy};
  }
  const std::string heard = ", heard of " + Rfc3339(kept->confirmed_at);
  if (now - kept->confirmed_at < kHeardLately) {
    return {kClusterId, Health::kOk,
            name + ", version " + kept->version + heard, ""};
  }
  return {kClusterId, Health::kWarning,
          name + heard +
              ": it is relied on, but nobody knows whether it still "
              "stands",
          kRemedy};
}

}  // namespace

void CheckPublishedTrust(const Paths& paths, Time now, Checks& checks) {
  Diagnostics diagnostics;
  AskedTrust asked;
  PolicyLoader(paths).Load(diagnostics, &asked);
  const auto config = NodeConfig::Load(paths, diagnostics);
  // Without these the policy is not in force, which is told elsewhere.
  if (asked.published.empty() || !config || !config->tuf) return;
  const auto state = TufStore(paths, *config->tuf).Load();
  if (!state) {
    checks.push_back({kId, Health::kFailure, state.error().detail,
                      "see root of [trust.tuf] in assayd.toml"});
    return;
  }
  for (const std::string& dropped : state->dropped) {
    checks.push_back({kId, Health::kWarning,
                      "kept metadata does not verify: " + dropped,
                      "look for who writes to " + paths.StateDir()});
  }
  checks.push_back(Judge(*config->tuf, *state, asked.published, now));
}

void CheckClusterKeys(const Paths& paths, Time now, Checks& checks) {
  Diagnostics diagnostics;
  AskedTrust asked;
  PolicyLoader(paths).Load(diagnostics, &asked);
  const auto config = NodeConfig::Load(paths, diagnostics);
  if (!config || !config->kubernetes) return;
  const ClusterStore store(paths, *config->kubernetes);
  for (const ClusterReference& reference : asked.cluster) {
    checks.push_back(JudgeKeys(reference, store, now));
  }
}

}  // namespace assay
