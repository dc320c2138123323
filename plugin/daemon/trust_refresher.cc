#include "daemon/trust_refresher.h"

#include <algorithm>
#include <utility>

#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

// After a failure; doubled with each further one.
constexpr std::chrono::seconds kFirstRetry{30};
constexpr int kMostDoublings = 16;

std::string InWords(const Error& error) {
  return std::string(Describe(error.reason).id) + ": " + error.detail;
}

}  // namespace

TrustRefresher::TrustRefresher(const Paths& paths, TufSettings settings,
                               std::unique_ptr<TufMirror> mirror, Ports ports)
    : settings_(std::move(settings)),
      store_(paths, settings_),
      ports_(std::move(ports)),
      mirror_(std::move(mirror)),
      worker_([this] { Work(); }) {}

TrustRefresher::~TrustRefresher() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  mirror_->Stop();
  wake_.notify_all();
  worker_.join();
}

void TrustRefresher::Poke() {
  {
    const std::scoped_lock lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
}

TrustRefresher::Last TrustRefresher::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

void TrustRefresher::Work() {
  Seconds wait{};
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, wait, [this] { return stopping_ || poked_; });
    if (stopping_) return;
    poked_ = false;
    lock.unlock();
    wait = Refresh();
    lock.lock();
  }
}

// Nodes that were started together must not stay together: each wait is spread
// by a fifth to both sides.
TrustRefresher::Seconds TrustRefresher::Refresh() {
  Seconds wait = std::chrono::minutes(settings_.refresh_minutes);
  try {
    const std::set<std::string> wanted = ports_.wanted();
    if (!wanted.empty()) {
      const auto report =
          TufClient(*mirror_, store_).Refresh(wanted, WallClock());
      Note(report);
      if (report.changed) ports_.changed();
      if (!report.outcome) {
        const int doublings = std::min(failures_ - 1, kMostDoublings);
        wait = std::min(wait, Seconds(kFirstRetry) * (1 << doublings));
      }
    }
  } catch (const std::exception& problem) {
    LogError(std::string("trust: ") + problem.what());
  }
  return wait * std::uniform_real_distribution<double>(0.8, 1.2)(random_);
}

void TrustRefresher::Note(const TufClient::Report& report) {
  for (const std::string& dropped : report.dropped) {
    LogWarning("trust: kept metadata was dropped: " + dropped);
  }
  const std::string problem =
      report.outcome ? std::string() : InWords(report.outcome.error());
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
