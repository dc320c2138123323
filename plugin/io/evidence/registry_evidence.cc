#include "io/evidence/registry_evidence.h"

#include <functional>
#include <list>
#include <optional>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/evidence/plain_payload.h"
#include "core/evidence/signature_list.h"
#include "io/evidence/lookaside.h"

namespace assay {
namespace {

// Cosign's tags, then manifests, then blobs; more would be our mistake.
constexpr int kWaves = 4;

ArtifactOrigin OriginAt(RegistryPlace place) {
  switch (place) {
    case kCosignTagPlace:
      return ArtifactOrigin::kCosignTag;
    case kAttestationTagPlace:
      return ArtifactOrigin::kAttestationTag;
    case kReferrersApiPlace:
    case kReferrersTagPlace:
      break;
    case kLookasidePlace:
      return ArtifactOrigin::kLookaside;
  }
  return ArtifactOrigin::kReferrer;
}

// What the registry itself has named or announced.
bool MustBeThere(FetchKind kind) {
  return kind == FetchKind::kBlob || kind == FetchKind::kSignatures;
}

// Cosign's tags for a digest differ in their endings.
std::string TagOf(const Digest& target, std::string_view ending) {
  return std::string(HashName(target.algorithm())) + "-" + target.hex() +
         std::string(ending);
}

class EvidenceFetch {
 public:
  EvidenceFetch(RegistryClient& client, const EvidenceRequest& request,
                RegistryPlaces places, Time now)
      : registry_(client), request_(request), places_(places), now_(now) {}

  RegistryEvidence Run(Deadline deadline);

 private:
  // What is known of one image so far.
  struct Target {
    Digest digest;
    std::size_t budget = limits::kArtifactBytesPerImage;
    std::set<Digest> referrers;  // asked for
    bool too_many = false;
  };
  struct Candidate {
    FoundArtifact found;
    ImageManifest manifest;
    RegistryPlace place;
    bool complete = true;
  };
  using Handler = std::function<void(Fetched)>;
  struct Pending {
    FetchRequest request;
    Handler then;
  };

  void AskFirst(Target& target);
  void AskTag(Target& target, RegistryPlace place, const std::string& tag);
  void Ask(FetchKind kind, std::string what, std::size_t most, Handler then,
           Candidate* candidate = nullptr);
  void AddReferrers(Target& target, RegistryPlace place,
                    const std::vector<Descriptor>& referrers);
  void AddFallback(Target& target, const Fetched& index);
  void AddManifest(Target& target, RegistryPlace place, const std::string& what,
                   Fetched manifest);
  void AskBlobs(Target& target, Candidate& candidate);
  std::optional<std::string> Foreseen(const Target& target,
                                      const Candidate& candidate,
                                      const Descriptor& layer) const;
  void AskSignatureStore();
  void AddSignatures(Target& target, const Fetched& list);
  void Failed(Error error, std::string_view what);

  RegistryConversation registry_;
  const EvidenceRequest& request_;
  RegistryPlaces places_;
  Time now_;
  std::list<Target> targets_;
  std::list<Candidate> candidates_;
  std::vector<Pending> pending_;
  RegistryEvidence result_;
};

void EvidenceFetch::Failed(Error error, std::string_view what) {
  // That an artifact was not what its digest says is about evidence here, not
  // about the image.
  if (error.reason == Reason::kManifestDigestMismatch) {
    error.reason = Reason::kEvidenceTampered;
  }
  result_.failures.push_back(WithContext(
      std::move(error), request_.name.Repository() + " " + Printable(what)));
}

void EvidenceFetch::Ask(FetchKind kind, std::string what, std::size_t most,
                        Handler then, Candidate* candidate) {
  pending_.push_back(
      {{kind, request_.name, std::move(what), most, request_.claimed},
       [then = std::move(then), candidate](Fetched fetched) {
         if (candidate == nullptr || candidate->complete) {
           then(std::move(fetched));
         }
       }});
}

void EvidenceFetch::AskTag(Target& target, RegistryPlace place,
                           const std::string& tag) {
  Ask(FetchKind::kManifest, tag, limits::kManifestBytes,
      [this, &target, place, tag](Fetched fetched) {
        AddManifest(target, place, ":" + tag, std::move(fetched));
      });
}

void EvidenceFetch::AskFirst(Target& target) {
  if (places_[kCosignTagPlace]) {
    AskTag(target, kCosignTagPlace, CosignTag(target.digest));
  }
  if (places_[kAttestationTagPlace]) {
    AskTag(target, kAttestationTagPlace, AttestationTag(target.digest));
  }
  if (places_[kReferrersApiPlace]) {
    Ask(FetchKind::kReferrers, target.digest.str(), limits::kIndexBytes,
        [this, &target](const Fetched& fetched) {
          AddReferrers(target, kReferrersApiPlace, fetched.referrers);
        });
  }
  if (places_[kReferrersTagPlace]) {
    Ask(FetchKind::kManifest, ReferrersTag(target.digest), limits::kIndexBytes,
        [this, &target](const Fetched& fetched) {
          AddFallback(target, fetched);
        });
  }
}

void EvidenceFetch::AddFallback(Target& target, const Fetched& index) {
  auto parsed = ImageIndex::Parse(index.bytes);
  if (!parsed) {
    return Failed(parsed.error(), ReferrersTag(target.digest));
  }
  AddReferrers(target, kReferrersTagPlace, parsed->manifests);
}

void EvidenceFetch::AddReferrers(Target& target, RegistryPlace place,
                                 const std::vector<Descriptor>& referrers) {
  for (const Descriptor& referrer : referrers) {
    // An index cannot be a signature.
    if (referrer.media_type == kOciIndex ||
        referrer.media_type == kDockerIndex ||
        target.referrers.contains(referrer.digest)) {
      continue;
    }
    if (target.referrers.size() >= limits::kArtifactsPerImage) {
      if (!target.too_many) {
        Failed(Fail(Reason::kEvidenceTooMany,
                    "more than " + std::to_string(limits::kArtifactsPerImage)),
               target.digest.str());
      }
      target.too_many = true;
      return;
    }
    target.referrers.insert(referrer.digest);
    const std::string what = referrer.digest.str();
    Ask(FetchKind::kManifest, what, limits::kManifestBytes,
        [this, &target, place, what](Fetched fetched) {
          AddManifest(target, place, "@" + what, std::move(fetched));
        });
  }
}

void EvidenceFetch::AddManifest(Target& target, RegistryPlace place,
                                const std::string& what, Fetched fetched) {
  const ArtifactOrigin origin = OriginAt(place);
  auto manifest = ImageManifest::Parse(fetched.bytes);
  if (!manifest) return Failed(manifest.error(), what);
  if (origin == ArtifactOrigin::kReferrer) {
    // A fallback tag may list anything; a truncated one is shared by images.
    const bool ours =
        manifest->subject && manifest->subject->digest == target.digest;
    if (!ours || !MayBeSignature(*manifest)) return;
  }
  if (fetched.bytes.size() > target.budget) {
    return Failed(Fail(Reason::kEvidenceTooLarge), what);
  }
  target.budget -= fetched.bytes.size();
  candidates_.push_back({{origin,
                          target.digest,
                          request_.name.Repository() + what,
                          now_,
                          *std::move(fetched.digest),
                          std::move(fetched.bytes),
                          {}},
                         *std::move(manifest),
                         place});
  AskBlobs(target, candidates_.back());
}

// What a digest stands for need not be asked for by who knows it: nothing, and
// the words that cosign signs of every image.
std::optional<std::string> EvidenceFetch::Foreseen(
    const Target& target, const Candidate& candidate,
    const Descriptor& layer) const {
  if (layer.size == 0) return "";
  if (candidate.place != kCosignTagPlace) return std::nullopt;
  std::string payload = PlainCosignPayload(request_.name, target.digest);
  const bool same = layer.size == static_cast<std::int64_t>(payload.size()) &&
                    layer.digest.Matches(payload);
  return same ? std::optional(std::move(payload)) : std::nullopt;
}

void EvidenceFetch::AskBlobs(Target& target, Candidate& candidate) {
  const ImageManifest& manifest = candidate.manifest;
  const auto refuse = [&](Reason reason, std::string_view what) {
    candidate.complete = false;
    Failed(Fail(reason), what);
  };
  if (manifest.layers.size() > limits::kSignatureLayers) {
    return refuse(Reason::kEvidenceTooMany, candidate.found.where);
  }
  std::set<Digest> asked;
  for (const Descriptor& layer : manifest.layers) {
    if (!asked.insert(layer.digest).second) continue;
    const auto size = static_cast<std::uint64_t>(layer.size);
    if (size > limits::kArtifactBlobBytes || size > target.budget) {
      return refuse(Reason::kEvidenceTooLarge, layer.digest.str());
    }
    target.budget -= size;
    if (auto bytes = Foreseen(target, candidate, layer)) {
      candidate.found.blobs.push_back({layer, *std::move(bytes)});
      continue;
    }
    Ask(
        FetchKind::kBlob, layer.digest.str(), size,
        [&candidate, layer](Fetched fetched) {
          candidate.found.blobs.push_back({layer, std::move(fetched.bytes)});
        },
        &candidate);
  }
}

void EvidenceFetch::AskSignatureStore() {
  if (!places_[kLookasidePlace]) return;
  Ask(FetchKind::kSignatureStore, "", 0, [this](const Fetched&) {
    result_.own_store = true;
    for (Target& target : targets_) {
      Ask(FetchKind::kSignatures, target.digest.str(), limits::kIndexBytes,
          [this, &target](const Fetched& list) {
            AddSignatures(target, list);
          });
    }
  });
}

void EvidenceFetch::AddSignatures(Target& target, const Fetched& list) {
  auto signatures = SignatureList::Parse(list.bytes, target.digest);
  if (!signatures) return Failed(signatures.error(), target.digest.str());
  for (Error& failure : signatures->failures) {
    Failed(std::move(failure), target.digest.str());
  }
  const std::string below = request_.name.Repository() + "/signatures/";
  for (const auto& [name, bytes] : signatures->entries) {
    if (bytes.size() > target.budget) {
      return Failed(Fail(Reason::kEvidenceTooLarge), name);
    }
    target.budget -= bytes.size();
    auto opened = Open(KeepLookaside(target.digest, below + name, bytes, now_));
    if (!opened) {
      Failed(opened.error(), name);
      continue;
    }
    result_.artifacts.push_back(*std::move(opened));
    result_.found.set(kLookasidePlace);
  }
}

RegistryEvidence EvidenceFetch::Run(Deadline deadline) {
  for (const Digest& digest : request_.targets) {
    targets_.push_back({digest, limits::kArtifactBytesPerImage, {}, false});
    AskFirst(targets_.back());
  }
  AskSignatureStore();
  for (int wave = 0; wave < kWaves && !pending_.empty(); ++wave) {
    std::vector<Pending> asked;
    asked.swap(pending_);
    std::vector<FetchRequest> requests;
    requests.reserve(asked.size());
    for (const Pending& one : asked) requests.push_back(one.request);
    auto answers = registry_.Fetch(requests, deadline);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (answers[i]) {
        asked[i].then(*std::move(answers[i]));
      } else if (answers[i].error().reason != Reason::kRegistryNotFound ||
                 MustBeThere(asked[i].request.kind)) {
        Failed(answers[i].error(), asked[i].request.what);
      }
    }
  }
  for (Candidate& candidate : candidates_) {
    if (!candidate.complete) continue;
    // A blob that did not come was reported already.
    auto opened =
        Open(std::move(candidate.found), std::move(candidate.manifest));
    if (!opened) continue;
    result_.artifacts.push_back(*std::move(opened));
    result_.found.set(candidate.place);
  }
  return std::move(result_);
}

}  // namespace

std::string CosignTag(const Digest& target) { return TagOf(target, ".sig"); }

std::string AttestationTag(const Digest& target) {
  return TagOf(target, ".att");
}

std::string ReferrersTag(const Digest& target) {
  constexpr std::size_t kMostOfAlgorithm = 32;
  constexpr std::size_t kMostOfHex = 64;
  return std::string(HashName(target.algorithm()).substr(0, kMostOfAlgorithm)) +
         "-" + target.hex().substr(0, kMostOfHex);
}

RegistryEvidence FetchEvidence(RegistryClient& client,
                               const EvidenceRequest& request,
                               RegistryPlaces places, Deadline deadline,
                               Time now) {
  return EvidenceFetch(client, request, places, now).Run(deadline);
}

}  // namespace assay
