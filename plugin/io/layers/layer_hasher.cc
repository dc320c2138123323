#include "io/layers/layer_hasher.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "io/files/files.h"
#include "io/layers/hash_pool.h"
#include "io/layers/layer_memory.h"

namespace assay {
namespace {

// 65,536 lines of about 170 bytes.
constexpr std::size_t kMemoryFileBytes = 32U << 20;
// Hash, then look again; more rounds only while somebody changes the files.
constexpr int kRounds = 3;
// Writing the memory file may take one part in so many of the time.
constexpr int kSaveShare = 20;

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
      : options_(std::move(options)), pool_(Threads(), MakeHooks()) {
    Load();
  }

  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline);
  void Warm(const ImageManifest& manifest, const std::string& blob_dir);
  Status Save();

  void Forget(const Digest& layer) {
    memory_.Forget(layer);
    changed_ = true;
  }
  void ForgetAll() {
    memory_.Clear();
    changed_ = true;
  }
  std::optional<Error> MemoryProblem() const {
    const std::lock_guard lock(file_mutex_);
    return problem_;
  }

 private:
  enum class Known : std::uint8_t { kNo = 0, kStale, kYes };

  unsigned Threads() const {
    if (options_.threads > 0) return options_.threads;
    return std::max(1U, std::thread::hardware_concurrency());
  }
  HashPool::Hooks MakeHooks();
  void Load();
  void SaveSometimes();
  // Whether the file that is there now is known to hold the layer's bytes.
  Result<Known> Look(const Descriptor& layer, const std::string& path) const;
  bool IsKnown(const std::string& path, const Digest& digest) const;
  Known Freshness(const LayerRecord& record) const;

  LayerHasherOptions options_;
  LayerMemory memory_;
  std::atomic<bool> changed_{false};
  mutable std::mutex file_mutex_;  // guards the two below and the file
  std::optional<Error> problem_;
  std::chrono::steady_clock::time_point next_save_{};
  HashPool pool_;  // last: its threads use everything above
};

HashPool::Hooks LayerHasher::Impl::MakeHooks() {
  HashPool::Hooks hooks;
  hooks.known = [this](const std::string& path, const Digest& digest) {
    return IsKnown(path, digest);
  };
  hooks.hashed = [this](const BlobHash& hash) {
    memory_.Remember({hash.digest, hash.identity, options_.now()});
    changed_ = true;
  };
  if (options_.progress) {
    hooks.progress = [this](const Digest& layer, std::int64_t done,
                            std::int64_t size) {
      options_.progress({layer, done, size});
    };
  }
  hooks.ran_dry = [this] { SaveSometimes(); };
  return hooks;
}

void LayerHasher::Impl::Load() {
  if (options_.memory_file.empty()) return;
  auto text =
      ReadFile(options_.memory_file, kMemoryFileBytes, FileTrust::kOwnerOrRoot);
  if (!text && text.error().reason == Reason::kNotFound) return;
  auto records = text ? ReadLayerRecords(*text) : text.error();
  if (!records) {
    const std::lock_guard lock(file_mutex_);
    problem_ = WithContext(records.error(), options_.memory_file);
    return;
  }
  for (const LayerRecord& record : *records) memory_.Remember(record);
}

Status LayerHasher::Impl::Save() {
  const std::lock_guard lock(file_mutex_);
  if (options_.memory_file.empty() || !changed_.exchange(false)) return Ok();
  const auto began = std::chrono::steady_clock::now();
  Status written = WriteFileAtomically(
      options_.memory_file, WriteLayerRecords(memory_.Records()), 0600);
  const auto ended = std::chrono::steady_clock::now();
  next_save_ = ended + kSaveShare * (ended - began);
  if (written) {
    problem_.reset();
  } else {
    problem_ = written.error();
    changed_ = true;
  }
  return written;
}

void LayerHasher::Impl::SaveSometimes() {
  {
    const std::lock_guard lock(file_mutex_);
    if (std::chrono::steady_clock::now() < next_save_) return;
  }
  // A failure stays in problem_, and the destructor tries again.
  static_cast<void>(Save());
}

LayerHasher::Impl::Known LayerHasher::Impl::Freshness(
    const LayerRecord& record) const {
  // Doubles, because a clock may stand anywhere and seconds could overflow.
  const auto seconds = [](auto duration) {
    return std::chrono::duration<double>(duration).count();
  };
  const double age = seconds(options_.now().time_since_epoch()) -
                     seconds(record.hashed_at.time_since_epoch());
  const double term = seconds(options_.rehash_after);
  const auto spread = static_cast<unsigned char>(record.digest.bytes().front());
  if (age > 4 * term || age < -term) return Known::kNo;
  return age > term * (1 + spread / 512.0) ? Known::kStale : Known::kYes;
}

Result<LayerHasher::Impl::Known> LayerHasher::Impl::Look(
    const Descriptor& layer, const std::string& path) const {
  auto blob = OpenBlob(path);
  if (!blob) return WithContext(blob.error(), layer.digest.str());
  if (blob->identity.size != layer.size) {
    return Fail(Reason::kLayerDigestMismatch,
                layer.digest.str() + ": " + Printable(path) + " has " +
                    std::to_string(blob->identity.size) + " bytes, not " +
                    std::to_string(layer.size));
  }
  const auto record = memory_.Find(blob->identity);
  if (!record || record->digest.algorithm() != layer.digest.algorithm()) {
    return Known::kNo;
  }
  const Known known = Freshness(*record);
  // That a file is bad is remembered too, so that refusing again is cheap.
  if (known != Known::kNo && record->digest != layer.digest) {
    return Fail(Reason::kLayerDigestMismatch,
                layer.digest.str() + ": " + Printable(path) + " hashes to " +
                    record->digest.str());
  }
  return known;
}

bool LayerHasher::Impl::IsKnown(const std::string& path,
                                const Digest& digest) const {
  const auto blob = OpenBlob(path);
  const auto record = blob ? memory_.Find(blob->identity) : std::nullopt;
  return record && record->digest == digest &&
         Freshness(*record) == Known::kYes;
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
      } else if (*known == Known::kNo) {
        jobs.push_back(
            pool_.Submit(path, layer.digest, HashPool::Urgency::kWaitedFor));
      } else if (*known == Known::kStale) {
        pool_.Submit(path, layer.digest, HashPool::Urgency::kIdle);
      }
    }
    if (problem) return *std::move(problem);
    if (jobs.empty()) return Ok();
    if (auto waited = pool_.Await(jobs, deadline); !waited) return waited;
  }
  return Fail(Reason::kLayerUnreadable, "layers keep changing");
}

void LayerHasher::Impl::Warm(const ImageManifest& manifest,
                             const std::string& blob_dir) {
  for (const Descriptor& layer : manifest.layers) {
    const std::string path = PathOf(layer, blob_dir);
    // What is wrong is said by the Check that matters, not here.
    const auto known = Look(layer, path);
    if (!known || *known == Known::kYes) continue;
    pool_.Submit(path, layer.digest, HashPool::Urgency::kIdle);
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
