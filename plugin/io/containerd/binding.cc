#include "io/containerd/binding.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "core/subject/image_config.h"

namespace assay {
namespace {

struct Candidate {
  Digest digest;
  ImageConfig config;
};

Result<ImageConfig> ReadConfig(ContentStore& store, const Digest& digest) {
  auto bytes = store.Config(digest);
  if (!bytes) return bytes.error();
  auto config = ImageConfig::Parse(*bytes);
  if (!config) return WithContext(config.error(), digest.str());
  return config;
}

// The committed snapshot of all layers is named by their chain ID, and the
// runtime hashed each layer when it made it.
bool HasLayersOf(const SnapshotRecord& snapshot, const ImageConfig& config) {
  const auto chain = config.ChainId();
  return snapshot.parent == (chain ? chain->str() : std::string());
}

// The distinct configurations of `images` that have the snapshot's layers. A
// configuration that is not on the node cannot have been used.
Result<std::vector<Candidate>> WithTheseLayers(
    ContentStore& store, const SnapshotRecord& snapshot,
    const std::vector<HeldImage>& images) {
  std::vector<Candidate> candidates;
  std::vector<Digest> seen;
  for (const HeldImage& image : images) {
    if (std::find(seen.begin(), seen.end(), image.config) != seen.end()) {
      continue;
    }
    seen.push_back(image.config);
    auto config = ReadConfig(store, image.config);
    if (!config && config.error().reason == Reason::kConfigMissing) continue;
    if (!config) return config.error();
    if (HasLayersOf(snapshot, *config)) {
      candidates.push_back({image.config, *std::move(config)});
    }
  }
  return candidates;
}

Error NotHeld(const ContainerRecord& container, const HeldImages& held) {
  if (held.broken) return *held.broken;
  return Fail(Reason::kSubjectUnbound,
              "the node holds no image " + Printable(container.image));
}

Error NotOfThisImage(const SnapshotRecord& snapshot, const HeldImage& image) {
  return Fail(Reason::kSubjectUnbound,
              "the snapshot's parent " + Printable(snapshot.parent) +
                  " is not made of the layers of " + Printable(image.name));
}

Error Moved(const ContainerRecord& container, const HeldImage& image) {
  return Fail(Reason::kSubjectTagMoved,
              Printable(container.image) + " is now " + image.manifest.str());
}

}  // namespace

Status CheckIsRoot(const SnapshotRecord& snapshot) {
  if (snapshot.kind == SnapshotKind::kActive ||
      snapshot.kind == SnapshotKind::kView) {
    return Ok();
  }
  return Fail(Reason::kSubjectUnbound, "the snapshot cannot be a root");
}

Status BindToConfig(ContentStore& store, const SnapshotRecord& snapshot,
                    const Digest& config) {
  auto content = ReadConfig(store, config);
  if (!content) return content.error();
  if (!HasLayersOf(snapshot, *content)) {
    return Fail(Reason::kSubjectUnbound,
                "the snapshot's parent " + Printable(snapshot.parent) +
                    " is not made of the layers of configuration " +
                    config.str());
  }
  return Ok();
}

Result<Digest> BindToName(ContentStore& store, const ContainerRecord& container,
                          const SnapshotRecord& snapshot,
                          const ProcessSpec& process, const HeldImages& held) {
  const auto named = ThatAreNamed(held.images, container.image);
  if (named.empty()) return NotHeld(container, held);
  auto candidates = WithTheseLayers(store, snapshot, named);
  if (!candidates) return candidates.error();
  const RecordTime made = std::min(snapshot.created, container.created);
  const bool settled = named.front().updated < made;
  if (candidates->empty()) {
    return settled ? NotOfThisImage(snapshot, named.front())
                   : Moved(container, named.front());
  }
  if (candidates->size() == 1 && settled) return candidates->front().digest;
  std::erase_if(*candidates, [&](const Candidate& candidate) {
    return !RunsExactly(process, candidate.config);
  });
  if (candidates->size() == 1) return candidates->front().digest;
  return Fail(Reason::kSubjectConfigUnproven,
              settled ? Printable(container.image) +
                            " leads to several configurations of these layers"
                      : Printable(container.image) +
                            " was written after the container was created");
}

}  // namespace assay
