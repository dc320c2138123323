#include "io/layers/layer_hasher.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "io/layers/blob_hash.h"
#include "io/layers/hash_pool.h"
#include "io/layers/memory_file.h"

namespace assay {
namespace {

// Hash, then look again; more rounds only while somebody changes the files.
constexpr int kRounds = 3;

std::string PathOf(const Descriptor& layer, const std::string& blob_dir) {
  return blob_dir + "/" + std::string(HashName(layer.digest.algorithm())) +
         "/" + layer.digest.hex();
}

// A mismatch is certain and names the culprit, so it is told first.
void KeepWorse(std::optional<Error>& kept, Error error) {
  const bool certain = error.reason == Reason::kLayerDigestMismatch;
  if (!kept || (certain && kept->reason != Reason::kLayerDigestMismatch)) {
    kept = std::move(error);
  }
}

}  // namespace

class LayerHasher::Impl {
 public:
  explicit Impl(LayerHasherOptions options)
      : options_(std::move(options)),
        file_(options_.memory_file),
        pool_(Threads(), [this] { file_.SaveSometimes(); }) {}

  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline);
  void Warm(const ImageManifest& manifest, const std::string& blob_dir);
  Status Save() { return file_.Save(); }

  void Forget(const Digest& layer) {
    file_.memory().Forget(layer);
    file_.Changed();
  }
  void ForgetAll() {
    file_.memory().Clear();
    file_.Changed();
  }
  std::optional<Error> MemoryProblem() const { return file_.Problem(); }

 private:
  unsigned Threads() const {
    if (options_.threads > 0) return options_.threads;
    return std::max(1U, std::thread::hardware_concurrency());
  }
  // How sure it is that the file that is there now holds the layer's bytes.
  Result<Freshness> Look(const Descriptor& layer,
                         const std::string& path) const;
  bool IsKnown(const std::string& path, const Digest& digest) const;
  Status Hash(const std::string& path, const Digest& wanted,
              const std::atomic<bool>& stop);
  HashPool::JobPtr Submit(const std::string& path, const Digest& wanted,
                          HashPool::Urgency urgency);

  LayerHasherOptions options_;
  std::mutex progress_mutex_;
  MemoryFile file_;
  HashPool pool_;  // last: its threads use everything above
};

Status LayerHasher::Impl::Hash(const std::string& path, const Digest& wanted,
                               const std::atomic<bool>& stop) {
  if (IsKnown(path, wanted)) return Ok();
  BlobHashControl control;
  control.stop = &stop;
  if (options_.progress) {
    control.progress = [&](std::int64_t done, std::int64_t size) {
      const std::lock_guard lock(progress_mutex_);
      options_.progress({wanted, done, size});
    };
  }
  auto hash = HashBlob(path, wanted.algorithm(), control);
  if (!hash) return hash.error();
  file_.memory().Remember({hash->digest, hash->identity, options_.now()});
  file_.Changed();
  if (hash->digest == wanted) return Ok();
  return Fail(Reason::kLayerDigestMismatch,
              wanted.str() + ": " + Printable(path) + " hashes to " +
                  hash->digest.str());
}

HashPool::JobPtr LayerHasher::Impl::Submit(const std::string& path,
                                           const Digest& wanted,
                                           HashPool::Urgency urgency) {
  return pool_.Submit(
      path,
      [this, path, wanted](const std::atomic<bool>& stop) {
        return Hash(path, wanted, stop);
      },
      urgency);
}

Result<Freshness> LayerHasher::Impl::Look(const Descriptor& layer,
                                          const std::string& path) const {
  auto blob = OpenBlob(path);
  if (!blob) return WithContext(blob.error(), layer.digest.str());
  if (blob->identity.size != layer.size) {
    return Fail(Reason::kLayerDigestMismatch,
                layer.digest.str() + ": " + Printable(path) + " has " +
                    std::to_string(blob->identity.size) + " bytes, not " +
                    std::to_string(layer.size));
  }
  const auto record = file_.memory().Find(blob->identity);
  if (!record || record->digest.algorithm() != layer.digest.algorithm()) {
    return Freshness::kExpired;
  }
  const Freshness known =
      FreshnessOf(*record, options_.now(), options_.rehash_after);
  // That a file is bad is remembered too, so that refusing again is cheap.
  if (known != Freshness::kExpired && record->digest != layer.digest) {
    return Fail(Reason::kLayerDigestMismatch,
                layer.digest.str() + ": " + Printable(path) + " hashes to " +
                    record->digest.str());
  }
  return known;
}

bool LayerHasher::Impl::IsKnown(const std::string& path,
                                const Digest& digest) const {
  const auto blob = OpenBlob(path);
  const auto record = blob ? file_.memory().Find(blob->identity) : std::nullopt;
  return record && record->digest == digest &&
         FreshnessOf(*record, options_.now(), options_.rehash_after) ==
             Freshness::kFresh;
}

Status LayerHasher::Impl::Check(const ImageManifest& manifest,
                                const std::string& blob_dir,
                                Deadline deadline) {
  if (!manifest.layers.empty() && blob_dir.empty()) {
    return Fail(Reason::kLayerMissing, "there is no content store");
  }
  for (int round = 0; round < kRounds; ++round) {
    std::optional<Error> problem;
    std::vector<HashPool::JobPtr> jobs;
    for (const Descriptor& layer : manifest.layers) {
      const std::string path = PathOf(layer, blob_dir);
      auto known = Look(layer, path);
      if (!known) {
        KeepWorse(problem, known.error());
      } else if (*known == Freshness::kExpired) {
        jobs.push_back(
            Submit(path, layer.digest, HashPool::Urgency::kWaitedFor));
      } else if (*known == Freshness::kStale) {
        Submit(path, layer.digest, HashPool::Urgency::kIdle);
      }
    }
    if (problem) return *std::move(problem);
    if (jobs.empty()) return Ok();
    if (auto waited = pool_.Await(jobs, deadline, Reason::kLayerPending);
        !waited) {
      return waited;
    }
  }
  return Fail(Reason::kLayerUnreadable, "layers keep changing");
}

void LayerHasher::Impl::Warm(const ImageManifest& manifest,
                             const std::string& blob_dir) {
  for (const Descriptor& layer : manifest.layers) {
    const std::string path = PathOf(layer, blob_dir);
    // What is wrong is said by the Check that matters, not here.
    const auto known = Look(layer, path);
    if (!known || *known == Freshness::kFresh) continue;
    Submit(path, layer.digest, HashPool::Urgency::kIdle);
  }
}

LayerHasher::LayerHasher(LayerHasherOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

LayerHasher::~LayerHasher() {
  // Best effort: an unwritten memory only costs hashing again.
  static_cast<void>(impl_->Save());
}

Status LayerHasher::Check(const ImageManifest& manifest,
                          const std::string& blob_dir, Deadline deadline) {
  return impl_->Check(manifest, blob_dir, deadline);
}

void LayerHasher::Warm(const ImageManifest& manifest,
                       const std::string& blob_dir) {
  impl_->Warm(manifest, blob_dir);
}

void LayerHasher::Forget(const Digest& layer) { impl_->Forget(layer); }
void LayerHasher::ForgetAll() { impl_->ForgetAll(); }
Status LayerHasher::Save() { return impl_->Save(); }

std::optional<Error> LayerHasher::MemoryProblem() const {
  return impl_->MemoryProblem();
}

}  // namespace assay
