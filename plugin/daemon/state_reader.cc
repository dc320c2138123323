#include "daemon/state_reader.h"

#include <string>

#include "io/report/last_proof.h"

namespace assay {
namespace {

PolicyState StateOf(const Policy& policy, Time loaded_at) {
  return {policy.fingerprint().str(), std::string(ModeName(policy.mode())),
          std::string(ActionName(policy.default_action())), loaded_at};
}

TrustRootState StateOf(const TrustRefresher& refresher) {
  TrustRootState state;
  state.refreshed_at = refresher.last().succeeded_at;
  if (const auto kept = refresher.store().Load()) {
    state.fresh_until = kept->FreshUntil(refresher.settings()).value_or(Time{});
  }
  return state;
}

}  // namespace

NodeState StateReader::Read() const {
  NodeState state;
  state.version = ASSAY_VERSION;
  state.started_at = started_at;
  state.doors = doors;
  state.policy_files_taken = policy.LastDiagnostics().empty();
  if (const auto current = policy.Current()) {
    state.policy = StateOf(*current, policy.LoadedAt());
    state.doors += current->warnings().size();
    state.exceptions = current->ActiveExceptions(WallClock()).size();
  }
  state.cached_verdicts = enforcer.cache().size();
  state.asks_in_flight = in_flight();
  const EvidenceStore::Usage used = engine.store().Used();
  state.evidence = {used.bytes, engine.store().options().most_bytes,
                    used.images};
  if (refresher != nullptr) state.trust_root = StateOf(*refresher);
  if (nri != nullptr) state.nri_connected = nri->state().connected;
  state.proven_at = LastProof(paths);
  return state;
}

}  // namespace assay
