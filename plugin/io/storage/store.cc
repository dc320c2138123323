#include "io/storage/store.h"

#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

// The record of an id, if exactly one of the files has it.
template <typename Records>
const typename Records::mapped_type* OnlyOne(
    const std::vector<std::shared_ptr<const Records>>& files,
    const std::string& id, bool& twice) {
  const typename Records::mapped_type* only = nullptr;
  for (const auto& records : files) {
    const auto found = records->find(id);
    if (found == records->end()) continue;
    twice = only != nullptr;
    if (twice) return nullptr;
    only = &found->second;
  }
  return only;
}

// That of an absent file is the empty one.
Result<FileIdentity> IdentityNow(const StoreFiles& files,
                                 const std::string& path) {
  auto file = files.Open(path);
  if (file) return std::move(file->identity);
  if (file.error().reason == Reason::kNotFound) return FileIdentity();
  return file.error();
}

}  // namespace

Result<const StorageContainer*> StoreView::Container(
    const std::string& id) const {
  bool twice = false;
  const StorageContainer* container = OnlyOne(containers_, id, twice);
  if (container != nullptr) return container;
  if (twice) return Fail(Reason::kRuntimeAmbiguous, "two records of " + id);
  return Fail(Reason::kContainerUnknown, id);
}

std::vector<const StorageContainer*> StoreView::Containers() const {
  std::vector<const StorageContainer*> all;
  for (const auto& containers : containers_) {
    for (const auto& [id, container] : *containers) all.push_back(&container);
  }
  return all;
}

const StorageLayer* StoreView::Layer(const std::string& id) const {
  bool twice = false;
  return OnlyOne(layers_, id, twice);
}

const StorageImage* StoreView::Image(const std::string& id) const {
  bool twice = false;
  return OnlyOne(images_, id, twice);
}

std::vector<std::string> StoreView::ImagesOn(const std::string& layer) const {
  std::vector<std::string> ids;
  for (const auto& images : images_) {
    for (const auto& [id, image] : *images) {
      if (image.layer == layer) ids.push_back(id);
    }
  }
  return ids;
}

std::vector<std::pair<std::string, const StorageImage*>> StoreView::Images()
    const {
  std::vector<std::pair<std::string, const StorageImage*>> all;
  for (const auto& images : images_) {
    for (const auto& [id, unused] : *images) {
      if (const StorageImage* image = Image(id)) all.emplace_back(id, image);
    }
  }
  return all;
}

Store::Store(std::string root, const std::vector<std::string>& run_roots)
    : files_(std::move(root)) {
  for (const std::string& run_root : run_roots) {
    run_files_.emplace_back(run_root);
  }
}

std::vector<Store::Place> Store::Places(
    const std::string& folder, const std::vector<std::string>& names) const {
  std::vector<Place> places;
  for (const std::string& name : names) {
    places.push_back({&files_, folder + "/" + name});
    // With transient_store the volatile records are in the runroot.
    if (!name.starts_with("volatile-")) continue;
    for (const StoreFiles& run_files : run_files_) {
      places.push_back({&run_files, folder + "/" + name});
    }
  }
  return places;
}

std::vector<Store::Place> Store::ContainerPlaces() const {
  return Places("overlay-containers",
                {"containers.json", "volatile-containers.json"});
}

std::vector<Store::Place> Store::LayerPlaces() const {
  return Places("overlay-layers", {"layers.json", "volatile-layers.json"});
}

std::vector<Store::Place> Store::ImagePlaces() const {
  return Places("overlay-images", {"images.json"});
}

template <typename Records>
Status Store::ReadAll(const std::vector<Place>& places,
                      Result<Records> (*parse)(std::string_view),
                      Cache<Records>& cache,
                      std::vector<std::shared_ptr<const Records>>& records,
                      std::vector<FileIdentity>& identities) {
  for (const Place& place : places) {
    const std::string whole = place.files->root() + "/" + place.path;
    auto file = place.files->Open(place.path);
    if (!file && file.error().reason != Reason::kNotFound) return file.error();
    identities.push_back(file ? file->identity : FileIdentity());
    if (!file) continue;
    {
      const std::scoped_lock lock(mutex_);
      const auto kept = cache.find(whole);
      if (kept != cache.end() && kept->second.identity == file->identity) {
        records.push_back(kept->second.records);
        continue;
      }
    }
    auto text =
        ReadDescriptor(file->fd.get(), whole, limits::kStorageFileBytes);
    if (!text) return text.error();
    auto parsed = parse(*text);
    if (!parsed) return WithContext(parsed.error(), whole);
    auto shared = std::make_shared<const Records>(*std::move(parsed));
    records.push_back(shared);
    const std::scoped_lock lock(mutex_);
    cache.insert_or_assign(whole, Kept<Records>{file->identity, shared});
  }
  return Ok();
}

Result<StoreView> Store::Read() {
  StoreView view;
  auto& identities = view.identities_;
  // What comes first names what comes later.
  Status read = ReadAll(ContainerPlaces(), ReadStorageContainers, containers_,
                        view.containers_, identities);
  if (read) {
    read = ReadAll(LayerPlaces(), ReadStorageLayers, layers_, view.layers_,
                   identities);
  }
  if (read) {
    read = ReadAll(ImagePlaces(), ReadStorageImages, images_, view.images_,
                   identities);
  }
  if (!read) return read.error();
  return view;
}

bool Store::IsCurrent(const StoreView& view) const {
  std::vector<Place> places = ContainerPlaces();
  for (const auto& more : {LayerPlaces(), ImagePlaces()}) {
    places.insert(places.end(), more.begin(), more.end());
  }
  if (places.size() != view.identities_.size()) return false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto now = IdentityNow(*places[i].files, places[i].path);
    if (!now || *now != view.identities_[i]) return false;
  }
  return true;
}

}  // namespace assay
