#include "daemon/cluster_refresher.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/error_text.h"
#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

// How often the disk is told that nothing changed.
constexpr std::chrono::hours kConfirmEvery{1};
constexpr std::chrono::seconds kAfterClusterException{30};

// Of the object itself.
std::string ObjectVersion(const Json* object) {
  const Json* metadata = object == nullptr ? nullptr : object->Find("metadata");
  const auto* version =
      metadata == nullptr ? nullptr : metadata->FindString("resourceVersion");
  return version == nullptr ? std::string() : *version;
}

}  // namespace

ClusterRefresher::ClusterRefresher(const Paths& paths,
                                   const KubernetesSettings& settings,
                                   Ports ports)
    : store_(paths, settings),
      ports_(std::move(ports)),
      client_([paths, settings] { return ReadClusterAccess(paths, settings); }),
      worker_([this] { Run(); }) {}

ClusterRefresher::~ClusterRefresher() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  client_.Stop();
  worker_.join();
}

void ClusterRefresher::Poke() {
  {
    const std::scoped_lock lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
  client_.Stop();
}

void ClusterRefresher::Run() {
  const ClusterEars ears = {
      [this](const auto& object, const auto& listed) {
        return Hear(object, listed);
      },
      [this](const auto& object) { Confirm(object); },
      [this](const auto& object, const auto& error) { Note(object, error); }};
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || poked_; });
      if (stopping_) return;
      poked_ = false;
    }
    try {
      RunOnce(ears);
    } catch (const std::exception& problem) {
      LogError(std::string("kubernetes: ") + problem.what());
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kAfterClusterException,
                     [this] { return stopping_; });
      poked_ = true;
    }
  }
}

// Whoever ends the following wants it to begin anew.
void ClusterRefresher::RunOnce(const ClusterEars& ears) {
  Wanted wanted;
  std::set<ClusterObject> objects;
  for (const ClusterReference& reference : ports_.wanted()) {
    wanted[reference.object].insert(reference.item);
    objects.insert(reference.object);
  }
  if (ports_.settled()) store_.Retain(objects);
  Begin(wanted);
  if (objects.empty()) return;
  client_.Follow(objects, ears);
  const std::scoped_lock lock(mutex_);
  poked_ = true;
}

void ClusterRefresher::Begin(const Wanted& wanted) {
  std::map<ClusterObject, Known> known;
  for (const auto& one : wanted) {
    const auto kept = store_.Load(one.first);
    if (kept) known[one.first] = {*kept, kept->confirmed_at, {}};
  }
  const std::scoped_lock lock(mutex_);
  wanted_ = wanted;
  known_ = std::move(known);
}

// What is kept is what was heard, before anybody is told of it. What could not
// be written takes what was there before with it: a key that the cluster took
// away must not stay because a disk is full.
Status ClusterRefresher::Keep(const ClusterObject& object, KeptObject now,
                              bool changed) {
  Known& known = known_[object];
  const bool noted = !changed && now.version == known.kept.version &&
                     now.confirmed_at - known.saved_at < kConfirmEvery;
  if (!noted) {
    const Status saved = store_.Save(object, now);
    if (!saved && changed) {
      const Status removed = store_.Remove(object);
      known = {};
      if (!removed) {
        return WithContext(removed.error(), "what the cluster took away stays");
      }
    }
    if (!saved) return saved;
    known.saved_at = now.confirmed_at;
  }
  known.kept = std::move(now);
  known.problem.clear();
  return Ok();
}

Status ClusterRefresher::Hear(const ClusterObject& object,
                              const ListedObject& listed) {
  bool changed = false;
  Status kept = Ok();
  {
    const std::scoped_lock lock(mutex_);
    const Json* json = listed.object ? &*listed.object : nullptr;
    KeptObject now{ObjectVersion(json), WallClock(),
                   ItemsOf(json, wanted_[object]), listed.cluster};
    const KeptObject& before = known_[object].kept;
    changed = now.items != before.items || now.cluster != before.cluster;
    // What is thrown from here on must not lose it.
    untold_ = untold_ || changed;
    kept = Keep(object, std::move(now), changed);
  }
  if (!untold_) return kept;
  LogInfo("kubernetes: " + object.str() +
          (listed.object ? " is another now" : ": there is no such object"));
  ports_.changed();
  untold_ = false;
  return kept;
}

void ClusterRefresher::Confirm(const ClusterObject& object) {
  const std::scoped_lock lock(mutex_);
  KeptObject now = known_[object].kept;
  now.confirmed_at = WallClock();
  const Status kept = Keep(object, std::move(now), /*changed=*/false);
  if (!kept) LogError("kubernetes: " + ErrorText(kept.error()));
}

void ClusterRefresher::Note(const ClusterObject& object, const Error& error) {
  const std::scoped_lock lock(mutex_);
  Known& known = known_[object];
  std::string problem = ErrorText(error);
  if (problem == known.problem) return;
  LogWarning("kubernetes: " + object.str() + ": " + problem);
  known.problem = std::move(problem);
}

std::vector<ClusterRefresher::State> ClusterRefresher::states() const {
  std::vector<State> states;
  const std::scoped_lock lock(mutex_);
  for (const auto& one : wanted_) {
    State state;
    state.object = one.first;
    const auto found = known_.find(one.first);
    if (found != known_.end()) {
      const Known& known = found->second;
      state.version = known.kept.version;
      state.confirmed_at = known.kept.confirmed_at;
      state.problem = known.problem;
      for (const auto& [name, item] : known.kept.items) {
        if (item.problem.empty()) continue;
        state.lacking.push_back((name.empty() ? "" : "#" + name + ": ") +
                                item.problem);
      }
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace assay
