#include "daemon/revocation_refresher.h"

#include <utility>

#include "daemon/log.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kRevocationRound{5};
constexpr std::chrono::seconds kRevocationRetry{15};  // after a failure

}  // namespace

RevocationRefresher::RevocationRefresher(RevocationKeeper& keeper)
    : keeper_(keeper),
      task_(std::make_unique<BackgroundTask>(
          "revocation", BackgroundTask::Wait(), [this] { return Refresh(); })) {
}

RevocationRefresher::~RevocationRefresher() {
  keeper_.Stop();
  task_.reset();
}

void RevocationRefresher::RefreshAll() {
  everything_ = true;
  Poke();
}

BackgroundTask::Wait RevocationRefresher::Refresh() {
  for (const auto& problem : keeper_.Refresh(everything_.exchange(false))) {
    LogWarning("revocation: " + problem);
  }
  failures_ = keeper_.Problems().empty() ? 0 : failures_ + 1;
  if (failures_ == 0) return BackgroundTask::Spread(kRevocationRound);
  return BackgroundTask::Spread(
      BackgroundTask::Backoff(kRevocationRetry, failures_, kRevocationRound));
}

}  // namespace assay
