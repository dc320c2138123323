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

RevocationRefresher::RevocationRefresher(RevocationKeeper& keeper,
                                         std::function<void()> changed)
    : keeper_(keeper), changed_(std::move(changed)) {
  keeper_.Adopt();
  task_ = std::make_unique<BackgroundTask>("revocation", BackgroundTask::Wait(),
                                           [this] { return Refresh(); });
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
  const auto round = keeper_.Refresh(everything_.exchange(false));
  for (const std::string& problem : round.problems) {
    LogWarning("revocation: " + problem);
  }
  if (round.changed) {
    LogInfo("revocation: refreshed " + std::to_string(round.fetched) +
            " documents");
    changed_();
  }
  failures_ = keeper_.Problems().empty() ? 0 : failures_ + 1;
  if (failures_ == 0) return BackgroundTask::Spread(kRound);
  const int doublings = std::min(failures_ - 1, kMostDoublings);
  return BackgroundTask::Spread(
      std::min<BackgroundTask::Wait>(kRound, kFirstRetry * (1 << doublings)));
}

}  // namespace assay
