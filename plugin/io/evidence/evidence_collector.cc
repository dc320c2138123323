#include "io/evidence/evidence_collector.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <future>
#include <iterator>
#include <optional>

#include "base/bytes.h"
#include "io/evidence/detached_folder.h"

namespace assay {
namespace {

RegistryPlaces PlacesIn(const EvidenceRequest& request) {
  const EvidencePlaces& places = request.places;
  RegistryPlaces wanted;
  const LookasidePlaces stores = LookasidesOf(request);
  wanted[kLookasidePlace] = stores.registry || !stores.addresses.empty();
  wanted[kCosignTagPlace] = places.cosign_tag;
  wanted[kAttestationTagPlace] = places.attestation_tag;
  wanted[kReferrersApiPlace] = wanted[kReferrersTagPlace] = places.referrers;
  return wanted;
}

// Where and about what is asked: two that differ in it are not the same.
std::string AboutKey(const EvidenceRequest& request) {
  std::string key = request.name.Repository();
  const LookasidePlaces stores = LookasidesOf(request);
  if (stores.registry) key += " own";
  for (const auto& address : stores.addresses) {
    key += stores.replaceable.contains(address) ? " or " : " ";
    key += address;
  }
  return key;
}

// Everything that makes two questions to a registry the same.
template <typename Plan>
std::string KeyOf(const EvidenceRequest& request, const Plan& plan) {
  std::string key = AboutKey(request) + " " + plan.ask.to_string() + " " +
                    plan.leave.to_string() +
                    (request.claimed ? " claimed" : "");
  const std::set<Digest> targets(request.targets.begin(),
                                 request.targets.end());
  for (const Digest& target : targets) key += " " + target.str();
  return key;
}

std::string ImageKey(const EvidenceRequest& request, const Digest& target) {
  return AboutKey(request) + "@" + target.str();
}

template <typename T>
void Append(std::vector<T>& to, std::vector<T> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

void Add(EvidenceSet& set, EvidenceSet more) {
  Append(set.artifacts, std::move(more.artifacts));
  Append(set.failures, std::move(more.failures));
}

void Add(RegistryEvidence& evidence, RegistryEvidence more) {
  Append(evidence.artifacts, std::move(more.artifacts));
  Append(evidence.failures, std::move(more.failures));
  evidence.found |= more.found;
}

}  // namespace

// One fetch under way, and what came of it for those who wait.
class EvidenceCollector::Flight {
 public:
  void Land(EvidenceSet result) {
    {
      const std::lock_guard lock(mutex_);
      result_ = std::move(result);
    }
    changed_.notify_all();
  }

  // nullopt when it has not landed by then.
  std::optional<EvidenceSet> Await(Deadline deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] { return result_.has_value(); });
    return result_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<EvidenceSet> result_;
};

EvidenceCollector::EvidenceCollector(EvidenceStore& store,
                                     RegistryClient* registry,
                                     EvidenceCollectorOptions options)
    : store_(store),
      registry_(registry),
      options_(std::move(options)),
      usual_(options_.usual),
      asked_(options_.remember) {}

EvidenceCollector::~EvidenceCollector() = default;

void EvidenceCollector::Forget() {
  usual_.Forget();
  asked_.Forget();
}

EvidenceCollector::Plan EvidenceCollector::PlanFor(
    const EvidenceRequest& request) const {
  RegistryPlaces asked = RegistryPlaces().set();
  for (const Digest& target : request.targets) {
    asked &= asked_.Get(ImageKey(request, target));
  }
  const RegistryPlaces all = PlacesIn(request) & ~asked;
  switch (request.reach) {
    case Reach::kDisk:
      return {{}, all};
    case Reach::kUsual: {
      RegistryPlaces usual = usual_.Get(request.name.Repository());
      if (usual.none()) usual = usual_.Get(request.name.host());
      usual &= all;
      // Nothing is usual yet: then everything is asked together.
      return usual.any() ? Plan{usual, all & ~usual} : Plan{all, {}};
    }
    case Reach::kNetwork:
      break;
  }
  return {all, {}};
}

void EvidenceCollector::Learn(const EvidenceRequest& request,
                              RegistryPlaces found) {
  if (found.none()) return;
  usual_.Add(request.name.Repository(), found);
  usual_.Add(request.name.host(), found);
}

EvidenceSet EvidenceCollector::FromStore(const EvidenceRequest& request) const {
  EvidenceSet set;
  if (PlacesIn(request).none()) return set;
  for (const Digest& target : request.targets) {
    Add(set, store_.Read(target));
  }
  return set;
}

// Fills `set` with what was fetched and what was stored before. True when the
// store alone will do for the next who asks.
bool EvidenceCollector::Store(const EvidenceRequest& request,
                              RegistryEvidence fetched, EvidenceSet& set) {
  bool complete = fetched.failures.empty();
  set.failures = std::move(fetched.failures);
  for (const Digest& target : request.targets) {
    std::vector<OpenedArtifact> found;
    for (OpenedArtifact& artifact : fetched.artifacts) {
      if (artifact.content.target != target) continue;
      found.push_back(std::move(artifact));
    }
    if (found.empty()) {
      Add(set, store_.Read(target));
      continue;
    }
    Status kept =
        store_.Keep(target, std::move(found), options_.durability, set);
    if (kept) continue;
    set.failures.push_back(kept.error());
    complete = false;
  }
  return complete;
}

// A server that does not answer must not take the other one's time.
RegistryEvidence EvidenceCollector::Fetch(const EvidenceRequest& request,
                                          const RegistryPlaces& places,
                                          Deadline deadline) {
  const Time now = options_.now();
  LookasidePlaces stores = LookasidesOf(request);
  if (!places[kLookasidePlace]) stores = {};
  RegistryPlaces of_registry = places;
  of_registry[kLookasidePlace] = stores.registry;
  const auto ask_registry = [&] {
    return FetchEvidence(*registry_, request, of_registry, deadline, now);
  };
  if (stores.addresses.empty()) return ask_registry();
  std::set<std::string> named = stores.addresses;
  for (const std::string& address : stores.replaceable) named.erase(address);
  const auto ask_at = [&](const std::set<std::string>& addresses) {
    return lookaside_.Fetch(request, addresses, deadline, now);
  };
  const auto how =
      of_registry.any() ? std::launch::async : std::launch::deferred;
  auto beside = std::async(how, [&] {
    return std::pair(ask_at(named), ask_at(stores.replaceable));
  });
  RegistryEvidence fetched;
  if (of_registry.any()) fetched = ask_registry();
  auto [more, replaced] = beside.get();
  Add(fetched, std::move(more));
  if (!fetched.own_store) Add(fetched, std::move(replaced));
  return fetched;
}

EvidenceSet EvidenceCollector::FetchAndStore(const EvidenceRequest& request,
                                             Plan plan) {
  const Deadline began = std::chrono::steady_clock::now();
  const Deadline end =
      std::min<Deadline>(request.deadline, began + options_.patience);
  const bool some = request.reach == Reach::kUsual && plan.leave.any();
  const Deadline first_end = some ? began + (end - began) / 2 : end;
  RegistryEvidence fetched = Fetch(request, plan.ask, first_end);
  // A registry that is slow is better asked everywhere at once.
  const auto took = std::chrono::steady_clock::now() - began;
  if (took < options_.patience / 4) Learn(request, fetched.found);
  // What does not come from one place must not hide what is in another.
  if (some && !fetched.failures.empty()) {
    Add(fetched, Fetch(request, plan.leave, end));
    plan = {plan.ask | plan.leave, {}};
  }
  EvidenceSet set;
  set.reach = plan.leave.none() ? Reach::kNetwork : request.reach;
  if (!Store(request, std::move(fetched), set)) return set;
  for (const Digest& target : request.targets) {
    asked_.Add(ImageKey(request, target), plan.ask);
  }
  return set;
}

EvidenceSet EvidenceCollector::FromNetwork(const EvidenceRequest& request,
                                           const Plan& plan) {
  const auto without = [&](Error why) {
    EvidenceSet set = FromStore(request);
    set.failures.push_back(std::move(why));
    return set;
  };
  if (registry_ == nullptr) {
    return without(Fail(Reason::kEvidenceUnavailable, "no registry is asked"));
  }
  const std::string key = KeyOf(request, plan);
  std::shared_ptr<Flight> flight;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Flight>& known = flights_[key];
    first = known == nullptr;
    if (first) known = std::make_shared<Flight>();
    flight = known;
  }
  if (!first) {
    auto landed = flight->Await(request.deadline);
    if (landed) return *std::move(landed);
    return without(
        Fail(Reason::kDeadline, "the registry is still being asked"));
  }
  EvidenceSet result;
  try {
    result = FetchAndStore(request, plan);
  } catch (const std::exception& problem) {
    result = {{}, {Fail(Reason::kInternal, Printable(problem.what()))}};
  }
  {
    const std::lock_guard lock(mutex_);
    flights_.erase(key);
  }
  flight->Land(result);
  return result;
}

EvidenceSet EvidenceCollector::Collect(const EvidenceRequest& request) {
  // Before the store is read: what need not be asked again is in it then.
  const Plan plan = PlanFor(request);
  EvidenceSet set =
      plan.ask.any() ? FromNetwork(request, plan) : FromStore(request);
  if (plan.leave.none()) set.reach = Reach::kNetwork;
  const LookasidePlaces lookasides = LookasidesOf(request);
  for (const Digest& target : request.targets) {
    for (const std::string& folder : request.places.folders) {
      ReadDetached(folder, request.name, target, set);
    }
    for (const std::string& folder : lookasides.folders) {
      ReadLookaside(folder, request.name, target, set);
    }
  }
  return set;
}

}  // namespace assay
