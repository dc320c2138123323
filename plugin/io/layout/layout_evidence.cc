#include "io/layout/layout_evidence.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/subject/manifest.h"
#include "io/evidence/found_artifact.h"
#include "io/evidence/lookaside.h"
#include "io/layout/layout_annotations.h"
#include "io/layout/signature_file.h"

namespace assay {
namespace {

constexpr std::string_view kCosignSignatures = "dev.cosignproject.cosign/sigs";
constexpr std::string_view kCosignAttestations =
    "dev.cosignproject.cosign/atts";

std::string TagOf(const Digest& target) {
  return std::string(HashName(target.algorithm())) + "-" + target.hex();
}

// One search for what is attached to some digests.
class Search {
 public:
  Search(const LocalImage& image, const EvidenceRequest& request,
         EvidenceSet& set)
      : image_(image), request_(request), set_(set) {}

  void Run() {
    if (request_.places.cosign_tag) {
      CosignTags(".sig", kCosignSignatures, ArtifactOrigin::kCosignTag);
    }
    if (request_.places.cosign_tag || WantsLookaside()) SignatureFiles();
    if (request_.places.attestation_tag) {
      CosignTags(".att", kCosignAttestations, ArtifactOrigin::kAttestationTag);
    }
    if (request_.places.referrers) Referrers();
  }

 private:
  const Digest* TargetTagged(std::string_view name,
                             std::string_view suffix) const {
    for (const Digest& target : request_.targets) {
      if (name == TagOf(target) + std::string(suffix)) return &target;
    }
    return nullptr;
  }

  void CosignTags(std::string_view suffix, std::string_view kind,
                  ArtifactOrigin origin) {
    if (request_.targets.empty()) return;
    for (const Descriptor& root : image_.roots()) {
      const Digest* target =
          TargetTagged(Annotation(root, kRefNameAnnotation), suffix);
      // Cosign does not say of what: of all in this layout, then, which is for
      // the signature itself to deny.
      if (Annotation(root, kKindAnnotation) == kind) {
        target = &request_.targets.front();
      }
      if (target != nullptr) {
        Take(origin, *target, root.digest);
      }
    }
  }

  // The entries of index.json, of the fallback tags of the distribution
  // specification, and manifests that nothing lists, as cosign leaves them.
  void Referrers() {
    std::map<Digest, bool> candidates;  // and whether an index lists it
    for (const Descriptor& root : image_.roots()) {
      candidates[root.digest] = true;
      if (TargetTagged(Annotation(root, kRefNameAnnotation), "") != nullptr) {
        Fallback(root.digest, candidates);
      }
    }
    const auto small = image_.SmallBlobs();
    if (small) {
      for (const Digest& digest : *small) candidates.emplace(digest, false);
    } else {
      set_.failures.push_back(small.error());
    }
    std::size_t left = limits::kLayoutManifests;
    for (const auto& [digest, listed] : candidates) {
      if (left-- == 0) {
        set_.failures.push_back(
            Fail(Reason::kEvidenceTooMany, "blobs that may be signatures"));
        return;
      }
      Referrer(digest, listed);
    }
  }

  void Fallback(const Digest& digest, std::map<Digest, bool>& candidates) {
    const auto bytes = image_.Read(digest, limits::kIndexBytes);
    if (!bytes) {
      set_.failures.push_back(bytes.error());
      return;
    }
    const auto index = ImageIndex::Parse(*bytes);
    if (!index) {
      set_.failures.push_back(index.error());
      return;
    }
    for (const Descriptor& member : index->manifests) {
      candidates[member.digest] = true;
    }
  }

  // Most blobs are no manifests, and most manifests refer to nothing. What is
  // not listed and does not have its digest is not there.
  void Referrer(const Digest& digest, bool listed) {
    const auto bytes = image_.Read(digest, limits::kManifestBytes);
    if (!bytes) {
      if (listed) set_.failures.push_back(Renamed(bytes.error()));
      return;
    }
    if (bytes->empty() || bytes->front() != '{') return;
    const auto manifest = ImageManifest::Parse(*bytes);
    if (!manifest || !manifest->subject || !MayBeSignature(*manifest)) return;
    const auto& targets = request_.targets;
    const auto target =
        std::find(targets.begin(), targets.end(), manifest->subject->digest);
    if (target != targets.end()) {
      Take(ArtifactOrigin::kReferrer, *target, digest);
    }
  }

  void Take(ArtifactOrigin origin, const Digest& target, const Digest& digest) {
    if (!taken_.insert(digest).second) return;
    auto artifact = Load(origin, target, digest);
    if (artifact) {
      set_.artifacts.push_back(*std::move(artifact));
    } else {
      set_.failures.push_back(artifact.error());
    }
  }

  Result<UntrustedArtifact> Load(ArtifactOrigin origin, const Digest& target,
                                 const Digest& digest) {
    if (taken_.size() > limits::kArtifactsPerImage) {
      return Fail(Reason::kEvidenceTooMany, "artifacts of an image");
    }
    auto bytes = image_.Read(digest, limits::kManifestBytes);
    if (!bytes) return bytes.error();
    auto manifest = ImageManifest::Parse(*bytes);
    if (!manifest) return WithContext(manifest.error(), digest.str());
    FoundArtifact found{
        origin, target, Where(digest), {}, digest, *std::move(bytes), {}};
    if (manifest->layers.size() > limits::kSignatureLayers) {
      return Fail(Reason::kEvidenceTooMany, "layers of " + digest.str());
    }
    for (const Descriptor& layer : manifest->layers) {
      auto blob = image_.Read(layer.digest, limits::kArtifactBlobBytes);
      if (!blob) return Renamed(blob.error());
      if (blob->size() > budget_) {
        return Fail(Reason::kEvidenceTooLarge, "artifacts of an image");
      }
      budget_ -= blob->size();
      found.blobs.push_back({layer, *std::move(blob)});
    }
    auto opened = assay::Open(std::move(found), *std::move(manifest));
    if (!opened) return opened.error();
    return std::move(opened->content);
  }

  static Error Renamed(Error error) {
    if (error.reason == Reason::kNotFound) {
      error.reason = Reason::kEvidenceUnavailable;
    }
    return error;
  }

  std::string Where(const Digest& digest) const {
    return Printable(image_.reference().path) + "@" + digest.str();
  }

  // Of the image itself, and of the member of an index.
  void SignatureFiles() {
    for (const Digest& target : request_.targets) {
      SignatureFiles(target, "");
      SignatureFiles(target, target.hex() + ".");
    }
  }

  bool WantsLookaside() const { return !request_.places.lookasides.empty(); }

  // What one file holds; nullopt for what nobody asks for. What sigstore did
  // not write is what a lookaside store would hold.
  Result<std::optional<UntrustedArtifact>> SignatureIn(
      const Result<std::string>& file, const Digest& target,
      const std::string& where) const {
    if (!file) return file.error();
    auto artifact = ReadSignatureFile(*file, target);
    if (!artifact || *artifact || !WantsLookaside()) return artifact;
    auto opened = assay::Open(KeepLookaside(target, where, *file, Time{}));
    if (!opened) return opened.error();
    return std::optional(std::move(opened->content));
  }

  void SignatureFiles(const Digest& target, const std::string& prefix) {
    std::size_t number = 0;
    for (const auto& file : image_.SignatureFiles(prefix)) {
      const std::string where = Printable(image_.reference().path) + "/" +
                                prefix + "signature-" +
                                std::to_string(++number);
      auto artifact = SignatureIn(file, target, where);
      if (!artifact) {
        set_.failures.push_back(WithContext(artifact.error(), where));
      } else if (*artifact && files_.insert(where).second) {
        (*artifact)->where = where;
        set_.artifacts.push_back(**std::move(artifact));
      }
    }
  }

  const LocalImage& image_;
  const EvidenceRequest& request_;
  EvidenceSet& set_;
  std::set<Digest> taken_;
  std::set<std::string> files_;
  std::size_t budget_ = limits::kArtifactBytesPerImage;
};

}  // namespace

EvidenceSet LayoutEvidence::Collect(const EvidenceRequest& request) {
  EvidenceSet set = beside_.Collect(request);
  Search(image_, request, set).Run();
  return set;
}

}  // namespace assay
