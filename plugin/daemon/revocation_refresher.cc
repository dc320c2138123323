#include "daemon/revocation_refresher.h"

#include <algorithm>
#include <utility>

#include "daemon/log.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kRound{5};
// After a failure; doubled with each further one, up to a round.
constexpr std::chrono::seconds kFirstRetry{15};
constexpr int kMostDoublings = 8;

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
  if (failures_ == 0) return BackgroundTask::Spread(kRound);
  const int doublings = std::min(failures_ - 1, kMostDoublings);
  return BackgroundTask::Spread(
      std::min<BackgroundTask::Wait>(kRound, kFirstRetry * (1 << doublings)));
}

}  // namespace assay
