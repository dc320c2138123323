#include "daemon/upkeep.h"

#include <chrono>
#include <utility>

#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kRound{5};
constexpr int kRoundsPerCollection = 72;  // six hours
constexpr std::chrono::seconds kCollectionBudget{30};
constexpr std::chrono::seconds kImageBudget{10};

void AddDigests(Resolver& resolver, ImageClaim image,
                std::set<Digest>& on_node) {
  Question question = NewQuestion(Hook::kWarmUp, kImageBudget);
  question.about = std::move(image);
  const auto subject = resolver.Resolve(question);
  if (!subject) return;
  for (const Digest& digest : subject->SignableDigests()) {
    on_node.insert(digest);
  }
}

std::nullopt_t WaitFor(const std::string& runtime, const Error& why) {
  LogWarning("evidence collection waits for " + runtime + ": " + why.detail);
  return std::nullopt;
}

}  // namespace

Upkeep::Upkeep(Engine& engine)
    : engine_(engine), task_("upkeep", kRound, [this] { return Round(); }) {}

BackgroundTask::Wait Upkeep::Round() {
  met_containerd_ = met_containerd_ || engine_.inventory().IsThere();
  if (++rounds_ % kRoundsPerCollection == 0) CollectGarbage();
  if (const Status made = engine_.store().RefreshIndex(); !made) {
    LogWarning("evidence index: " + made.error().detail);
  }
  return kRound;
}

void Upkeep::CollectGarbage() {
  auto on_node = DigestsOnNode(engine_, met_containerd_);
  if (!on_node) return;
  const auto report =
      engine_.store().CollectGarbage({*std::move(on_node), WallClock(), false});
  if (!report) {
    LogWarning("evidence collection: " + report.error().detail);
    return;
  }
  LogInfo("evidence collection: dropped " +
          std::to_string(report->images.size()) + " images, " +
          std::to_string(report->bytes) + " bytes");
}

std::optional<std::set<Digest>> DigestsOnNode(Engine& engine,
                                              bool met_containerd) {
  std::set<Digest> on_node;
  if (met_containerd) {
    const auto images = engine.inventory().Images(
        std::chrono::steady_clock::now() + kCollectionBudget);
    if (!images) return WaitFor("containerd", images.error());
    for (const InventoryImage& image : *images) {
      if (auto target = Digest::Parse(image.target)) {
        on_node.insert(*std::move(target));
      }
      // An image that cannot be resolved keeps what its target has.
      AddDigests(engine.runtime(), {image.runtime_namespace, image.name},
                 on_node);
    }
  }
  const auto stored = engine.storage().Images();
  if (!stored) return WaitFor("containers-storage", stored.error());
  for (const NamedImage& image : *stored) {
    AddDigests(engine.storage(), {kStorageNamespace, image.id}, on_node);
  }
  if (!met_containerd && stored->empty()) return std::nullopt;
  return on_node;
}

}  // namespace assay
