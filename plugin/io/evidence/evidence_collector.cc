#include "io/evidence/evidence_collector.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <iterator>

#include "base/bytes.h"
#include "io/evidence/detached_folder.h"
#include "io/evidence/registry_evidence.h"

namespace assay {
namespace {

constexpr std::size_t kRemembered = 4096;

// Everything that makes two questions to a registry the same.
std::string KeyOf(const EvidenceRequest& request) {
  std::string key = request.name.Repository();
  if (request.places.cosign_tag) key += " cosign";
  if (request.places.referrers) key += " referrers";
  std::set<Digest> targets(request.targets.begin(), request.targets.end());
  for (const Digest& target : targets) key += " " + target.str();
  return key;
}

void Append(EvidenceSet& set, EvidenceSet more) {
  std::move(more.artifacts.begin(), more.artifacts.end(),
            std::back_inserter(set.artifacts));
  std::move(more.failures.begin(), more.failures.end(),
            std::back_inserter(set.failures));
}

}  // namespace

// One fetch under way, and what came of it for those who wait.
class EvidenceCollector::Flight {
 public:
  void Land(EvidenceSet result) {
    {
      const std::lock_guard lock(mutex_);
      result_ = std::move(result);
      landed_ = true;
    }
    changed_.notify_all();
  }

  EvidenceSet Await(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, deadline, [this] { return landed_; })) {
      return result_;
    }
    return {{}, {Fail(Reason::kDeadline, "the registry is still being asked")}};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool landed_ = false;
  EvidenceSet result_;
};

EvidenceCollector::EvidenceCollector(EvidenceStore& store,
                                     RegistryClient* registry,
                                     EvidenceCollectorOptions options)
    : store_(store), registry_(registry), options_(std::move(options)) {}

EvidenceCollector::~EvidenceCollector() = default;

void EvidenceCollector::Forget() {
  const std::lock_guard lock(mutex_);
  asked_.clear();
}

void EvidenceCollector::Remember(const std::string& key) {
  const Instant now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (asked_.size() >= kRemembered) {
    std::erase_if(asked_,
                  [&](const auto& entry) { return entry.second <= now; });
    if (asked_.size() >= kRemembered) asked_.clear();
  }
  asked_.insert_or_assign(key, now + options_.remember);
}

// What is stored is left out of the result: it will be read from the store.
EvidenceSet EvidenceCollector::FetchAndStore(const EvidenceRequest& request,
                                             Deadline deadline) {
  RegistryEvidence fetched =
      FetchEvidence(*registry_, request, deadline, options_.now());
  EvidenceSet set;
  set.failures = std::move(fetched.failures);
  for (const Digest& target : request.targets) {
    std::vector<FoundArtifact> found;
    for (const FoundArtifact& artifact : fetched.artifacts) {
      if (artifact.target == target) found.push_back(artifact);
    }
    if (found.empty()) continue;
    Status put = store_.Put(target, found);
    if (put) continue;
    set.failures.push_back(put.error());
    for (FoundArtifact& artifact : found) {
      auto opened = Open(std::move(artifact));
      if (opened) set.artifacts.push_back(*std::move(opened));
    }
  }
  return set;
}

EvidenceSet EvidenceCollector::FromNetwork(const EvidenceRequest& request) {
  if (!request.places.cosign_tag && !request.places.referrers) return {};
  if (registry_ == nullptr) {
    return {{}, {Fail(Reason::kEvidenceUnavailable, "no registry is asked")}};
  }
  const std::string key = KeyOf(request);
  const Instant now = std::chrono::steady_clock::now();
  std::shared_ptr<Flight> flight;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto asked = asked_.find(key);
    if (asked != asked_.end() && now < asked->second) return {};
    std::shared_ptr<Flight>& known = flights_[key];
    first = known == nullptr;
    if (first) known = std::make_shared<Flight>();
    flight = known;
  }
  if (!first) return flight->Await(request.deadline);
  EvidenceSet result;
  try {
    result = FetchAndStore(
        request, std::min<Deadline>(request.deadline, now + options_.patience));
  } catch (const std::exception& problem) {
    result = {{}, {Fail(Reason::kInternal, Printable(problem.what()))}};
  }
  if (result.failures.empty()) Remember(key);
  {
    const std::lock_guard lock(mutex_);
    flights_.erase(key);
  }
  flight->Land(result);
  return result;
}

void EvidenceCollector::FromDisk(const EvidenceRequest& request,
                                 EvidenceSet& set) {
  for (const Digest& target : request.targets) {
    if (request.places.cosign_tag || request.places.referrers) {
      Append(set, store_.Read(target));
    }
    for (const std::string& folder : request.places.folders) {
      ReadDetached(folder, request.name, target, set);
    }
  }
}

EvidenceSet EvidenceCollector::Collect(const EvidenceRequest& request) {
  EvidenceSet set;
  if (request.reach == Reach::kNetwork) set = FromNetwork(request);
  FromDisk(request, set);
  return set;
}

}  // namespace assay
