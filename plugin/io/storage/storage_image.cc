#include "io/storage/storage_image.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/subject/image_config.h"

namespace assay {
namespace {

constexpr std::string_view kManifestKey = "manifest";

std::string BigDataPath(const std::string& id, const std::string& key) {
  return "overlay-images/" + id + "/" + BigDataFile(key);
}

Error OtherForm(std::string detail) {
  return Fail(Reason::kSubjectStorage, std::move(detail));
}

Error Unbound(std::string detail) {
  return Fail(Reason::kSubjectUnbound, std::move(detail));
}

// The ids that layers with these diff IDs have, base first (go.podman.io/image,
// storage/storage_dest.go): the first diff ID, then the hash of the id below
// and the diff ID, joined by "+". They are not chain IDs.
std::vector<std::string> LayerIds(const std::vector<Digest>& diff_ids) {
  std::vector<std::string> ids;
  for (const Digest& diff_id : diff_ids) {
    ids.push_back(ids.empty()
                      ? diff_id.hex()
                      : Digest::Of(ids.back() + "+" + diff_id.hex()).hex());
  }
  return ids;
}

// One document of an image, under a key that may name its digest.
class ManifestReader {
 public:
  ManifestReader(const StoreFiles& files, const std::string& id,
                 Subject& subject)
      : files_(files), id_(id), subject_(subject) {}

  void Add(const std::string& key) {
    auto document = Document(key);
    if (!document) return Note(document.error());
    auto& [digest, bytes] = *document;
    if (subject_.documents.contains(digest) ||
        subject_.documents.size() >= limits::kSubjectDigests) {
      return;
    }
    if (auto index = ImageIndex::Parse(bytes)) {
      indexes_.emplace_back(digest, *std::move(index));
    } else if (!AddManifest(digest, bytes)) {
      return;
    }
    subject_.documents.emplace(digest, std::move(bytes));
  }

  // Manifests may come after the index that lists them.
  Status Finish() {
    for (SignableImage& image : subject_.images) {
      for (const auto& [digest, index] : indexes_) {
        if (index.Lists(image.manifest)) image.indexes.push_back(digest);
      }
    }
    if (!subject_.images.empty()) return Ok();
    if (failure_) return *failure_;
    return Fail(Reason::kManifestMissing, "of image " + id_);
  }

 private:
  // The first is told, where nothing else is left.
  void Note(Error failure) {
    if (!failure_) failure_ = std::move(failure);
  }

  Result<std::pair<Digest, std::string>> Document(const std::string& key) {
    auto bytes = files_.Read(BigDataPath(id_, key), limits::kManifestBytes);
    if (!bytes && bytes.error().reason == Reason::kNotFound) {
      return Fail(Reason::kManifestMissing, bytes.error().detail);
    }
    if (!bytes) return bytes.error();
    if (key == kManifestKey) {
      const Digest digest = Digest::Of(*bytes);
      return std::pair(digest, *std::move(bytes));
    }
    const auto digest = Digest::Parse(key.substr(kManifestKey.size() + 1));
    if (!digest) return digest.error();
    if (!digest->Matches(*bytes)) {
      return Fail(Reason::kManifestDigestMismatch, digest->str());
    }
    return std::pair(*digest, *std::move(bytes));
  }

  bool AddManifest(const Digest& digest, const std::string& bytes) {
    auto manifest = ImageManifest::Parse(bytes);
    if (!manifest) {
      Note(WithContext(manifest.error(), digest.str()));
      return false;
    }
    if (manifest->config.digest != subject_.config) {
      Note(Unbound(digest.str() + " has another configuration"));
      return false;
    }
    subject_.images.push_back({digest, *std::move(manifest), {}});
    return true;
  }

  const StoreFiles& files_;
  const std::string& id_;
  Subject& subject_;
  std::vector<std::pair<Digest, ImageIndex>> indexes_;
  std::optional<Error> failure_;
};

Result<std::vector<std::string>> LayerChain(const StoreView& view,
                                            const StorageImage& image,
                                            const std::string& top,
                                            const ImageConfig& config) {
  const bool mapped = top != image.layer;
  const auto& copies = image.mapped_layers;
  if (top.empty() || (mapped && std::find(copies.begin(), copies.end(), top) ==
                                    copies.end())) {
    return Unbound("the container stands on layer " + top +
                   ", the image's is " + image.layer);
  }
  std::vector<std::string> ids = LayerIds(config.diff_ids);
  if (ids.empty() || ids.back() != image.layer) {
    return OtherForm(
        "the layers of the image are not those that its "
        "configuration names, or are identified otherwise "
        "(zstd:chunked)");
  }
  ids.back() = top;
  std::string parent;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const StorageLayer* layer = view.Layer(ids[i]);
    if (layer == nullptr) {
      return OtherForm("layer " + ids[i] +
                       " is not in this store: additional stores are not "
                       "judged");
    }
    // What it is expected to be nobody has computed.
    if (!layer->diff_digest) {
      return OtherForm("layer " + ids[i] +
                       " was pulled in parts (zstd:chunked) and has no digest");
    }
    if (layer->parent != parent || *layer->diff_digest != config.diff_ids[i]) {
      return Unbound("layer " + ids[i] +
                     " is not recorded as the configuration has it");
    }
    parent = ids[i];
  }
  return ids;
}

Status AddManifests(const StoreFiles& files, const std::string& id,
                    const StorageImage& image, Subject& subject) {
  ManifestReader reader(files, id, subject);
  for (const std::string& key : image.big_data) {
    const bool is_manifest =
        key == kManifestKey || key.starts_with(std::string(kManifestKey) + "-");
    if (is_manifest) reader.Add(key);
  }
  return reader.Finish();
}

void AddLayers(const StoreFiles& files, const std::vector<Digest>& diff_ids,
               BoundImage& image) {
  std::vector<std::string> folders;
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const std::string& layer = image.layers[i];
    folders.push_back(files.root() + "/overlay/" + layer + "/diff");
    image.subject.split_layers.push_back(
        {folders.back(),
         files.root() + "/overlay-layers/" + layer + ".tar-split.gz",
         diff_ids[i]});
  }
  image.subject.layer_dirs = std::move(folders);
}

bool IsHeld(const Reference& name, const std::vector<Digest>& digests) {
  return !name.digest() || std::find(digests.begin(), digests.end(),
                                     *name.digest()) != digests.end();
}

}  // namespace

Result<std::string> StorageConfig(const StoreFiles& files,
                                  const std::string& id,
                                  const StorageImage& image) {
  const std::string key = "sha256:" + id;
  const auto& keys = image.big_data;
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    return OtherForm("the id of image " + id +
                     " is not its configuration's digest: it was pulled in "
                     "parts (zstd:chunked) or is of schema 1");
  }
  auto bytes = files.Read(BigDataPath(id, key), limits::kConfigBytes);
  if (!bytes && bytes.error().reason == Reason::kNotFound) {
    return Fail(Reason::kConfigMissing, bytes.error().detail);
  }
  if (!bytes) return bytes.error();
  if (Digest::Of(*bytes).hex() != id) {
    return Fail(Reason::kConfigDigestMismatch, key);
  }
  return bytes;
}

Result<BoundImage> BindStorageImage(const StoreView& view,
                                    const StoreFiles& files,
                                    const std::string& id,
                                    const std::string& top) {
  const StorageImage* image = view.Image(id);
  if (image == nullptr) {
    return OtherForm("image " + id +
                     " is not in this store: additional stores are not judged");
  }
  const auto bytes = StorageConfig(files, id, *image);
  if (!bytes) return bytes.error();
  const auto config = ImageConfig::Parse(*bytes);
  if (!config) return config.error();
  auto layers = LayerChain(view, *image, top, *config);
  if (!layers) return layers.error();
  BoundImage bound{Subject{{}, Digest::Of(*bytes), {}, {}, {}, {}},
                   *std::move(layers)};
  const Status added = AddManifests(files, id, *image, bound.subject);
  if (!added) return added.error();
  AddLayers(files, config->diff_ids, bound);
  return bound;
}

Result<std::vector<Reference>> StorageNames(const StorageImage& image,
                                            const std::string& requested,
                                            const Subject& subject) {
  const std::vector<Digest> digests = subject.SignableDigests();
  std::vector<Reference> names;
  for (const std::string& text : image.names) {
    auto name = Reference::Parse(text);
    if (!name || !IsHeld(*name, digests)) continue;
    if (text == requested) return std::vector<Reference>{*std::move(name)};
    if (std::find(names.begin(), names.end(), *name) == names.end()) {
      names.push_back(*std::move(name));
    }
  }
  if (names.empty()) return Fail(Reason::kSubjectNoName);
  return names;
}

}  // namespace assay
