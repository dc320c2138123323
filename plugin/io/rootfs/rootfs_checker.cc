#include "io/rootfs/rootfs_checker.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "core/subject/image_config.h"
#include "io/files/files.h"
#include "io/layers/file_identity.h"
#include "io/layers/hash_pool.h"
#include "io/layers/memory_file.h"
#include "io/rootfs/layer_archive.h"
#include "io/rootfs/tree_comparison.h"
#include "io/rootfs/tree_print.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// Compare, then look again; more rounds only while somebody changes the files.
constexpr int kRounds = 3;
// How long a layer that is not as it should be is refused without looking
// again; a runtime asks every few seconds.
constexpr std::chrono::minutes kRefuseFor{10};
constexpr std::size_t kRefusals = 256;

// One layer of the image under way.
struct Layer {
  Digest blob;            // for messages
  std::string blob_path;  // of what was unpacked, or of the tar-split file
  bool split = false;     // then the bytes of the folder's files are compared
  Digest diff_id;         // of its archive, as the configuration has it
  std::string folder;     // that it was unpacked to
  Digest chain;           // of this layer and those below
  std::vector<std::string> lower;  // folders of those below, topmost first
};

Digest Joined(const std::optional<Digest>& below, const Digest& digest) {
  return below ? Digest::Of(below->str() + " " + digest.str()) : digest;
}

std::string BlobPath(const Subject& subject, const Digest& digest) {
  return subject.blob_dir + "/" + std::string(HashName(digest.algorithm())) +
         "/" + digest.hex();
}

// As the verified manifest names it.
Result<ImageConfig> ReadConfig(const ImageManifest& manifest,
                               const Subject& subject) {
  const Digest& digest = manifest.config.digest;
  auto bytes = ReadFile(BlobPath(subject, digest), limits::kConfigBytes);
  if (!bytes && bytes.error().reason == Reason::kNotFound) {
    return Fail(Reason::kConfigMissing, digest.str());
  }
  if (!bytes) return bytes.error();
  if (!digest.Matches(*bytes)) {
    return Fail(Reason::kConfigDigestMismatch, digest.str());
  }
  return ImageConfig::Parse(*bytes);
}

Result<std::vector<Layer>> LayersOf(const ImageManifest& manifest,
                                    const Subject& subject) {
  if (!subject.layer_dirs) return subject.layer_dirs.error();
  const auto config = ReadConfig(manifest, subject);
  if (!config) return config.error();
  const std::vector<std::string>& folders = *subject.layer_dirs;
  if (folders.empty() || folders.size() != manifest.layers.size() ||
      folders.size() != config->diff_ids.size()) {
    return Fail(Reason::kRootfsUnsupported,
                std::to_string(folders.size()) + " folders for " +
                    std::to_string(manifest.layers.size()) + " layers");
  }
  std::vector<Layer> layers;
  std::optional<Digest> chain;
  std::vector<std::string> lower;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const Digest& blob = manifest.layers[i].digest;
    chain = Joined(chain, config->diff_ids[i]);
    layers.push_back({blob, BlobPath(subject, blob), false, config->diff_ids[i],
                      folders[i], *chain, lower});
    lower.insert(lower.begin(), folders[i]);
  }
  return layers;
}

// Records of bytes must not stand for those of whole trees, so that their chain
// is another.
std::vector<Layer> SplitLayersOf(const Subject& subject) {
  std::vector<Layer> layers;
  std::optional<Digest> chain = Digest::Of("tar-split");
  for (const SplitLayer& layer : subject.split_layers) {
    chain = Joined(chain, layer.diff_id);
    layers.push_back({layer.diff_id,
                      layer.split,
                      true,
                      layer.diff_id,
                      layer.folder,
                      *chain,
                      {}});
  }
  return layers;
}

// A print in the form that the memory keeps: the place of fs-verity's digest,
// with an algorithm that fs-verity has not, is that of a whole tree's.
FileIdentity RecordOf(const TreePrint& print, const Digest& stack) {
  return {print.device,
          print.inode,
          static_cast<std::int64_t>(print.files),
          print.modified_ns,
          print.newest_change,
          "0:" + stack.hex()};
}

bool IsRefusal(Reason reason) {
  return Describe(reason).ending == Ending::kRejected;
}

}  // namespace

class RootfsChecker::Impl {
 public:
  explicit Impl(RootfsCheckerOptions options)
      : options_(std::move(options)), file_(options_.memory_file) {}

  Status Check(const std::vector<Layer>& layers, Deadline deadline);
  Status Save() { return file_.Save(); }
  std::optional<Error> MemoryProblem() const { return file_.Problem(); }

 private:
  struct Look {
    Freshness known = Freshness::kExpired;
    TreePrint print;
    FileIdentity identity;  // what is remembered: the print, and those below
    std::int64_t newest_change = 0;  // ns, of this layer and those below
  };
  // The prints of the layers looked at so far, lowest first.
  struct Stack {
    std::optional<Digest> prints;
    std::int64_t newest_change = 0;
  };

  HashPool& Pool();
  // What is known of the folder as it is now; the error that it was refused
  // with, if it was. Adds it to the stack.
  Result<Look> LookAt(const Layer& layer, Stack& stack);
  HashPool::JobPtr Submit(const Layer& layer, const Look& look,
                          HashPool::Urgency urgency);
  Status Compare(const Layer& layer, const Look& look,
                 const std::atomic<bool>& stop);
  Status CompareOnce(const Layer& layer, const std::atomic<bool>& stop);
  void Remember(const Layer& layer, const FileIdentity& identity,
                const Status& outcome);

  RootfsCheckerOptions options_;
  MemoryFile file_;
  std::mutex mutex_;  // guards the two below
  std::map<std::string, std::pair<Error, Clock::time_point>> refused_;
  std::unique_ptr<HashPool> pool_;  // last: its threads use everything above
};

HashPool& RootfsChecker::Impl::Pool() {
  const std::lock_guard lock(mutex_);
  if (pool_ == nullptr) {
    const unsigned processors =
        std::max(1U, std::thread::hardware_concurrency());
    pool_ = std::make_unique<HashPool>(
        options_.threads > 0 ? options_.threads : processors,
        [this] { file_.SaveSometimes(); });
  }
  return *pool_;
}

Result<RootfsChecker::Impl::Look> RootfsChecker::Impl::LookAt(
    const Layer& layer, Stack& stack) {
  auto print = PrintTree(layer.folder);
  if (!print) return print.error();
  stack.prints = Joined(stack.prints, print->digest);
  stack.newest_change = std::max(stack.newest_change, print->newest_change);
  FileIdentity identity = RecordOf(*print, *stack.prints);
  Look look{Freshness::kExpired, *std::move(print), std::move(identity),
            stack.newest_change};
  {
    const std::lock_guard lock(mutex_);
    const auto refused =
        refused_.find(layer.chain.str() + " " + look.identity.verity);
    if (refused != refused_.end() && Clock::now() < refused->second.second) {
      return refused->second.first;
    }
  }
  const auto record = file_.memory().Find(look.identity);
  if (record && record->digest == layer.chain) {
    look.known = FreshnessOf(*record, options_.now(), options_.compare_after);
  }
  return look;
}

void RootfsChecker::Impl::Remember(const Layer& layer,
                                   const FileIdentity& identity,
                                   const Status& outcome) {
  if (outcome) {
    file_.memory().Remember({layer.chain, identity, options_.now()});
    file_.Changed();
  } else if (IsRefusal(outcome.error().reason)) {
    const std::lock_guard lock(mutex_);
    if (refused_.size() >= kRefusals) refused_.clear();
    refused_.insert_or_assign(
        layer.chain.str() + " " + identity.verity,
        std::pair(outcome.error(), Clock::now() + kRefuseFor));
  }
}

Status RootfsChecker::Impl::CompareOnce(const Layer& layer,
                                        const std::atomic<bool>& stop) {
  if (options_.comparing) options_.comparing(layer.folder);
  if (layer.split) {
    return CheckSplitLayer({layer.folder, layer.blob_path, layer.diff_id},
                           stop);
  }
  const auto place = layer.lower.empty() ? LayerTree::Place::kLowest
                                         : LayerTree::Place::kAbove;
  auto tree = ReadLayer(layer.blob_path, layer.diff_id,
                        LayerTree(place, InheritFrom(layer.lower)), stop);
  if (!tree) return tree.error();
  return CompareTree(*tree, layer.folder, stop);
}

// The outcome is of the files that were looked at, if the folder has the same
// print afterwards. A change below shows at the next look, which joins all.
Status RootfsChecker::Impl::Compare(const Layer& layer, const Look& look,
                                    const std::atomic<bool>& stop) {
  LeaveTickOf(look.newest_change);
  Status outcome = CompareOnce(layer, stop);
  const auto after = PrintTree(layer.folder);
  if (!after) return after.error();
  if (*after != look.print) return Ok();  // whoever waits looks again
  if (!outcome) outcome = WithContext(outcome.error(), layer.blob.str());
  Remember(layer, look.identity, outcome);
  return outcome;
}

HashPool::JobPtr RootfsChecker::Impl::Submit(const Layer& layer,
                                             const Look& look,
                                             HashPool::Urgency urgency) {
  return Pool().Submit(
      layer.chain.str() + " " + look.identity.verity,
      [this, layer, look](const std::atomic<bool>& stop) -> Status {
        try {
          return Compare(layer, look, stop);
        } catch (const std::exception& problem) {
          return Fail(Reason::kInternal, problem.what());
        }
      },
      urgency);
}

Status RootfsChecker::Impl::Check(const std::vector<Layer>& layers,
                                  Deadline deadline) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<HashPool::JobPtr> jobs;
    Stack stack;
    for (const Layer& layer : layers) {
      const auto look = LookAt(layer, stack);
      if (!look) return look.error();
      if (look->known == Freshness::kExpired) {
        jobs.push_back(Submit(layer, *look, HashPool::Urgency::kWaitedFor));
      } else if (look->known == Freshness::kStale) {
        Submit(layer, *look, HashPool::Urgency::kIdle);
      }
    }
    if (jobs.empty()) return Ok();
    if (auto waited = Pool().Await(jobs, deadline, Reason::kRootfsPending);
        !waited) {
      return waited;
    }
  }
  return Fail(Reason::kRootfsUnreadable, "unpacked files keep changing");
}

RootfsChecker::RootfsChecker(RootfsCheckerOptions options,
                             LayerIntegrity& blobs)
    : blobs_(blobs), impl_(std::make_unique<Impl>(std::move(options))) {}

RootfsChecker::~RootfsChecker() {
  // Best effort: an unwritten memory only costs comparing again.
  static_cast<void>(impl_->Save());
}

Status RootfsChecker::Check(const ImageManifest& manifest,
                            const std::string& blob_dir, Deadline deadline) {
  return blobs_.Check(manifest, blob_dir, deadline);
}

Status RootfsChecker::CheckUnpacked(const ImageManifest& manifest,
                                    const Subject& subject, Deadline deadline) {
  const auto layers = LayersOf(manifest, subject);
  if (!layers) return layers.error();
  return impl_->Check(*layers, deadline);
}

Status RootfsChecker::CheckSplit(const Subject& subject, Deadline deadline) {
  return impl_->Check(SplitLayersOf(subject), deadline);
}

std::optional<Error> RootfsChecker::MemoryProblem() const {
  return impl_->MemoryProblem();
}

}  // namespace assay
