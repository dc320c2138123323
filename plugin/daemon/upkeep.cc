#include "daemon/upkeep.h"

#include <chrono>

#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::minutes kRound{5};
constexpr int kRoundsPerCollection = 72;  // six hours
constexpr std::chrono::seconds kCollectionBudget{30};
constexpr std::chrono::seconds kImageBudget{10};

void AddDigests(Resolver& resolver, const Question& question,
                std::set<Digest>& on_node) {
  const auto subject = resolver.Resolve(question);
  if (!subject) return;
  for (const Digest& digest : subject->SignableDigests()) {
    on_node.insert(digest);
  }
}

}  // namespace

Upkeep::Upkeep(Engine& engine)
    : engine_(engine), task_("upkeep", kRound, [this] { return Round(); }) {}

BackgroundTask::Wait Upkeep::Round() {
  if (++rounds_ % kRoundsPerCollection == 0) CollectGarbage();
  if (const Status made = engine_.store().RefreshIndex(); !made) {
    LogWarning("evidence index: " + made.error().detail);
  }
  return kRound;
}

void Upkeep::CollectGarbage() {
  auto on_node = OnNode();
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

std::optional<std::set<Digest>> Upkeep::OnNode() {
  const auto images = engine_.inventory().Images(
      std::chrono::steady_clock::now() + kCollectionBudget);
  if (!images) {
    LogWarning("evidence collection waits for containerd: " +
               images.error().detail);
    return std::nullopt;
  }
  std::set<Digest> on_node;
  for (const InventoryImage& image : *images) {
    if (auto target = Digest::Parse(image.target)) {
      on_node.insert(*std::move(target));
    }
    Question question = NewQuestion(Hook::kWarmUp, kImageBudget);
    question.about = ImageClaim{image.runtime_namespace, image.name};
    // An image that cannot be resolved keeps what its target has.
    AddDigests(engine_.runtime(), question, on_node);
  }
  const auto stored = engine_.storage().Images();
  if (!stored) {
    LogWarning("evidence collection waits for containers-storage: " +
               stored.error().detail);
    return std::nullopt;
  }
  for (const NamedImage& image : *stored) {
    Question question = NewQuestion(Hook::kWarmUp, kImageBudget);
    question.about = ImageClaim{kStorageNamespace, image.id};
    AddDigests(engine_.storage(), question, on_node);
  }
  return on_node;
}

}  // namespace assay
