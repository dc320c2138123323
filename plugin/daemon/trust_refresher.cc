#include "daemon/trust_refresher.h"

#include <utility>

#include "base/error_text.h"
#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

// After a failure.
constexpr std::chrono::seconds kTrustRetry{30};

}  // namespace

TrustRefresher::TrustRefresher(const Paths& paths, TufSettings settings,
                               std::unique_ptr<TufMirror> mirror, Ports ports)
    : settings_(std::move(settings)),
      store_(paths, settings_),
      ports_(std::move(ports)),
      mirror_(std::move(mirror)),
      task_(std::make_unique<BackgroundTask>("trust", BackgroundTask::Wait(),
                                             [this] { return Refresh(); })) {}

TrustRefresher::~TrustRefresher() {
  mirror_->Stop();
  task_.reset();
}

TrustRefresher::Last TrustRefresher::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

BackgroundTask::Wait TrustRefresher::Refresh() {
  BackgroundTask::Wait wait = std::chrono::minutes(settings_.refresh_minutes);
  const std::set<std::string> wanted = ports_.wanted();
  if (!wanted.empty()) {
    const auto report =
        TufClient(*mirror_, store_).Refresh(wanted, WallClock());
    Note(report);
    if (report.changed) ports_.changed();
    if (!report.outcome) {
      wait = BackgroundTask::Backoff(kTrustRetry, failures_, wait);
    }
  }
  return BackgroundTask::Spread(wait);
}

void TrustRefresher::Note(const TufClient::Report& report) {
  for (const std::string& dropped : report.dropped) {
    LogWarning("trust: kept metadata was dropped: " + dropped);
  }
  const std::string problem =
      report.outcome ? std::string() : ErrorText(report.outcome.error());
  failures_ = problem.empty() ? 0 : failures_ + 1;
  if (!problem.empty()) {
    LogWarning("trust: " + settings_.mirror + ": " + problem);
  } else if (report.changed) {
    LogInfo("trust: refreshed from " + settings_.mirror);
  }
  const std::scoped_lock lock(mutex_);
  last_.problem = problem;
  if (problem.empty()) last_.succeeded_at = WallClock();
}

}  // namespace assay
