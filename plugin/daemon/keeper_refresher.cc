#include "daemon/keeper_refresher.h"

#include <utility>

#include "daemon/log.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kRefreshRound{5};
constexpr std::chrono::seconds kRefreshRetry{15};  // after a failure

}  // namespace

KeeperRefresher::KeeperRefresher(Keeper keeper)
    : keeper_(std::move(keeper)),
      task_(std::make_unique<BackgroundTask>(
          keeper_.name, BackgroundTask::Wait(), [this] { return Refresh(); })) {
}

KeeperRefresher::~KeeperRefresher() {
  keeper_.stop();
  task_.reset();
}

void KeeperRefresher::RefreshAll() {
  everything_ = true;
  Poke();
}

BackgroundTask::Wait KeeperRefresher::Refresh() {
  for (const auto& problem : keeper_.refresh(everything_.exchange(false))) {
    LogWarning(keeper_.name + ": " + problem);
  }
  failures_ = keeper_.troubled() ? failures_ + 1 : 0;
  if (failures_ == 0) return BackgroundTask::Spread(kRefreshRound);
  return BackgroundTask::Spread(
      BackgroundTask::Backoff(kRefreshRetry, failures_, kRefreshRound));
}

}  // namespace assay
