#include "io/storage/resolver.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "io/containerd/rootfs.h"
#include "io/storage/storage_image.h"
#include "io/storage/store.h"
#include "io/storage/store_mount.h"
#include "io/storage/volumes.h"

namespace assay {
namespace {

// How often records that do not fit together are read anew while their files
// are being replaced.
constexpr int kReadings = 4;

constexpr const char* kMerged = "merged";
constexpr const char* kNamespaceLabel = "io.kubernetes.pod.namespace";

// The root file system of a bundle: where it is mounted, and of which store.
struct StorageRoot {
  Store* store = nullptr;
  std::string layer;  // that the path names; "" where it names none
  std::string folder;
  std::string name;
};

Result<MountEntry> MountAt(const ContainerClaim& claim,
                           const std::string& folder, const std::string& name) {
  const UniqueFd parent(::open(ShimPath(claim, folder).c_str(),
                               O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const auto mounted = OpenMounted(parent.get(), name);
  if (!mounted) return mounted.error();
  return LiveMount(claim, mounted->get());
}

// The pod, from CRI-O's own record of its sandbox. The label that kubelet
// writes last is in the specification, too: it may be absent, but not differ.
Status AddPod(const StoreView& view, const StorageContainer& container,
              const ProcessSpec& process, Workload& workload) {
  const ContainerNotes& notes = container.notes;
  if (notes.pod_id.empty()) return Ok();  // podman's
  if (!IsStorageId(notes.pod_id)) {
    return Fail(Reason::kRuntimeAmbiguous, "a pod of no id");
  }
  const auto pod = view.Container(notes.pod_id);
  if (!pod) return WithContext(pod.error(), "pod sandbox");
  if (!(*pod)->notes.is_sandbox) {
    return Fail(Reason::kRuntimeAmbiguous, notes.pod_id + " is no sandbox");
  }
  workload.pod = (*pod)->notes.name;
  workload.pod_namespace = (*pod)->notes.pod_namespace;
  if (!notes.is_sandbox) workload.container = notes.name;
  const auto label = process.annotations.find(kNamespaceLabel);
  if (label != process.annotations.end() &&
      label->second != workload.pod_namespace) {
    return Fail(
        Reason::kRuntimeAmbiguous,
        "the pod is of namespace " + Printable(workload.pod_namespace, 80) +
            ", its container is labelled " + Printable(label->second, 80));
  }
  return Ok();
}

// conmon notes the process of each container that it watches.
bool IsRunning(const std::vector<std::string>& run_roots,
               const std::string& id) {
  constexpr std::size_t kPidBytes = 32;
  for (const std::string& root : run_roots) {
    const auto text = StoreFiles(root).Read(
        "overlay-containers/" + id + "/userdata/pidfile", kPidBytes);
    if (!text) continue;
    const std::string pid = text->substr(0, text->find('\n'));
    if (pid.empty() ||
        pid.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    if (::access(("/proc/" + pid).c_str(), F_OK) == 0) return true;
  }
  return false;
}

// What a container is by the records alone.
Result<BoundImage> BindRecord(const StoreView& view, const StoreFiles& files,
                              const StorageContainer& container,
                              const ProcessSpec& process) {
  if (container.image.empty()) return Fail(Reason::kSubjectNoImage);
  const StorageLayer* own = view.Layer(container.layer);
  if (own == nullptr) {
    return Fail(Reason::kSubjectUnbound, "no layer " + container.layer);
  }
  auto bound = BindStorageImage(view, files, container.image, own->parent);
  if (!bound) return bound;
  Subject& subject = bound->subject;
  const ContainerNotes& notes = container.notes;
  auto names =
      StorageNames(*view.Image(container.image),
                   notes.pod_id.empty() ? notes.image_name : "", subject);
  if (!names) return names.error();
  subject.names = *std::move(names);
  subject.workload.container_id = container.id;
  const Status done = AddPod(view, container, process, subject.workload);
  if (!done) return done.error();
  return bound;
}

}  // namespace

class StorageResolver::Impl {
 public:
  explicit Impl(StorageOptions options) : options_(std::move(options)) {
    if (!options_.mount_at) options_.mount_at = MountAt;
    for (const std::string& root : options_.roots) {
      stores_.push_back(std::make_unique<Store>(root, options_.run_roots));
    }
  }

  Result<Subject> Resolve(const Question& question,
                          const ContainerClaim& claim);
  Result<Subject> ResolveRecord(const RecordClaim& claim);
  Result<Subject> ResolveImage(const std::string& id);
  Result<std::vector<StoredContainer>> Containers();
  Result<std::vector<NamedImage>> Images();
  Result<std::string> Config(const Subject& subject);

 private:
  Result<StorageRoot> Locate(const ContainerClaim& claim,
                             const std::string& root_path);
  Result<StorageRoot> LocateOutside(const ContainerClaim& claim,
                                    const std::string& root_path);
  Result<Subject> Bind(const StoreView& view, const StorageRoot& root,
                       const ContainerClaim& claim, const ProcessSpec& process);
  Result<Subject> BindImage(const StoreView& view, const StorageRoot& root,
                            const StorageContainer& container,
                            const ContainerClaim& claim,
                            const ProcessSpec& process);

  Result<Subject> BindVolume(const StoreView& view, const StoreFiles& files,
                             const ContainerClaim& claim,
                             const std::string& layer);
  Status AddVolumes(const StoreView& view, const StorageRoot& root,
                    const ContainerClaim& claim,
                    const std::vector<StorageVolume>& volumes,
                    Subject& subject);

  StorageOptions options_;
  std::vector<std::unique_ptr<Store>> stores_;
};

// For a user namespace podman binds the container's root to a path outside of
// the store. What is mounted there is what counts, in any case.
Result<StorageRoot> StorageResolver::Impl::LocateOutside(
    const ContainerClaim& claim, const std::string& root_path) {
  const std::size_t slash = root_path.rfind('/');
  const std::string name = root_path.substr(slash + 1);
  if (root_path.starts_with('/') && !name.empty() && name != "." &&
      name != "..") {
    for (const auto& store : stores_) {
      const auto view = store->Read();
      if (!view) continue;
      const auto container = view->Container(claim.id);
      if (!container || (*container)->image.empty()) continue;
      return StorageRoot{store.get(), "", root_path.substr(0, slash + 1), name};
    }
  }
  return Fail(Reason::kSubjectRootfsPath,
              Printable(root_path) + " is in no store of [storage] roots");
}

Result<StorageRoot> StorageResolver::Impl::Locate(
    const ContainerClaim& claim, const std::string& root_path) {
  for (const auto& store : stores_) {
    const std::string& root = store->files().root();
    std::string_view path = root_path;
    if (!path.starts_with(root + "/")) continue;
    path.remove_prefix(root.size());
    constexpr std::string_view kOverlay = "/overlay/";
    constexpr std::string_view kEnd = "/merged";
    if (path.starts_with(kOverlay) && path.ends_with(kEnd)) {
      path.remove_prefix(kOverlay.size());
      path.remove_suffix(std::min(kEnd.size(), path.size()));
      if (IsStorageId(path)) {
        return StorageRoot{store.get(), std::string(path),
                           root + "/overlay/" + std::string(path), kMerged};
      }
    }
    return Fail(Reason::kSubjectStorage,
                Printable(root_path) + " is no layer of the overlay driver's");
  }
  return LocateOutside(claim, root_path);
}

Result<Subject> StorageResolver::Impl::BindImage(
    const StoreView& view, const StorageRoot& root,
    const StorageContainer& container, const ContainerClaim& claim,
    const ProcessSpec& process) {
  const StoreFiles& files = root.store->files();
  auto bound = BindRecord(view, files, container, process);
  if (!bound) return bound.error();
  const auto live = options_.mount_at(claim, root.folder, root.name);
  if (!live) return live.error();
  const Status mounted =
      CheckLayersMounted(files, *live, container.layer, bound->layers);
  if (!mounted) return mounted.error();
  return std::move(bound->subject);
}

Result<Subject> StorageResolver::Impl::BindVolume(const StoreView& view,
                                                  const StoreFiles& files,
                                                  const ContainerClaim& claim,
                                                  const std::string& layer) {
  const std::vector<std::string> ids = view.ImagesOn(layer);
  if (ids.size() != 1) {
    return Fail(Reason::kSubjectVolume,
                std::to_string(ids.size()) + " images have layer " + layer);
  }
  auto bound = BindStorageImage(view, files, ids.front(), layer);
  if (!bound) return bound.error();
  const auto live =
      options_.mount_at(claim, files.root() + "/overlay/" + layer, kMerged);
  if (!live) return live.error();
  if (Status same = CheckImageMounted(files, *live, bound->layers); !same) {
    return same.error();
  }
  auto names = StorageNames(*view.Image(ids.front()), "", bound->subject);
  if (!names) return names.error();
  bound->subject.names = *std::move(names);
  return std::move(bound->subject);
}

Status StorageResolver::Impl::AddVolumes(
    const StoreView& view, const StorageRoot& root, const ContainerClaim& claim,
    const std::vector<StorageVolume>& volumes, Subject& subject) {
  for (const StorageVolume& one : volumes) {
    auto volume = BindVolume(view, root.store->files(), claim, one.layer);
    if (!volume) {
      return WithContext(volume.error(),
                         "image volume at " + Printable(one.destination));
    }
    volume->workload = subject.workload;
    volume->mounted_at = one.destination;
    subject.volumes.push_back(*std::move(volume));
  }
  return Ok();
}

Result<Subject> StorageResolver::Impl::Bind(const StoreView& view,
                                            const StorageRoot& root,
                                            const ContainerClaim& claim,
                                            const ProcessSpec& process) {
  const auto container = view.Container(claim.id);
  if (!container) return container.error();
  if (!root.layer.empty() && (*container)->layer != root.layer) {
    return Fail(Reason::kSubjectMountMismatch,
                "root.path is layer " + root.layer + ", the container's is " +
                    (*container)->layer);
  }
  return BindImage(view, root, **container, claim, process);
}

Result<Subject> StorageResolver::Impl::Resolve(const Question& question,
                                               const ContainerClaim& claim) {
  if (!IsStorageId(claim.id)) {
    return Fail(Reason::kContainerUnknown,
                Printable(claim.id) + " is no id of containers-storage");
  }
  const auto process = ReadBundleConfig(claim);
  if (!process) return process.error();
  if (process->root_covered) {
    return Fail(Reason::kSubjectMountMismatch,
                "a mount of the container covers its root file system");
  }
  const auto root = Locate(claim, process->root_path);
  if (!root) return root.error();
  const auto volumes =
      FindStorageVolumes(*process, root->store->files().root(), options_.roots);
  if (!volumes) return volumes.error();
  for (int reading = 1;; ++reading) {
    const auto view = root->store->Read();
    if (!view) return view.error();
    auto subject = Bind(*view, *root, claim, *process);
    if (subject) {
      const Status added = AddVolumes(*view, *root, claim, *volumes, *subject);
      if (!added) subject = added.error();
    }
    if (subject || root->store->IsCurrent(*view)) return subject;
    if (std::chrono::steady_clock::now() >= question.deadline) {
      return Fail(Reason::kDeadline);
    }
    if (reading == kReadings) return subject;
  }
}

Result<Subject> StorageResolver::Impl::ResolveRecord(const RecordClaim& claim) {
  for (const auto& store : stores_) {
    for (int reading = 1;; ++reading) {
      const auto view = store->Read();
      if (!view) return view.error();
      const auto container = view->Container(claim.id);
      if (!container && container.error().reason == Reason::kContainerUnknown) {
        break;
      }
      if (!container) return container.error();
      auto bound = BindRecord(*view, store->files(), **container, {});
      if (bound) return std::move(bound->subject);
      if (store->IsCurrent(*view) || reading == kReadings) return bound.error();
    }
  }
  return Fail(Reason::kContainerUnknown, Printable(claim.id));
}

Result<std::vector<StoredContainer>> StorageResolver::Impl::Containers() {
  std::vector<StoredContainer> found;
  for (const auto& store : stores_) {
    const auto view = store->Read();
    if (!view) return view.error();
    for (const auto& container : view->Containers()) {
      found.push_back({container->id, container->notes.image_name,
                       IsRunning(options_.run_roots, container->id)});
    }
  }
  return found;
}

// No container tells which name was asked for: all of them stand in for it.
Result<Subject> StorageResolver::Impl::ResolveImage(const std::string& id) {
  for (const auto& store : stores_) {
    const auto view = store->Read();
    if (!view) return view.error();
    const StorageImage* image = view->Image(id);
    if (image == nullptr) continue;
    auto bound = BindStorageImage(*view, store->files(), id, image->layer);
    if (!bound) return bound.error();
    auto names = StorageNames(*image, "", bound->subject);
    if (!names) return names.error();
    bound->subject.names = *std::move(names);
    return std::move(bound->subject);
  }
  return Fail(Reason::kNotFound, Printable(id));
}

Result<std::vector<NamedImage>> StorageResolver::Impl::Images() {
  std::vector<NamedImage> found;
  for (const auto& store : stores_) {
    const auto view = store->Read();
    if (!view) return view.error();
    for (const auto& [id, image] : view->Images()) {
      found.push_back({id, image->names});
    }
  }
  return found;
}

Result<std::string> StorageResolver::Impl::Config(const Subject& subject) {
  const std::string id = subject.config.hex();
  Result<std::string> found = Fail(Reason::kConfigMissing, id);
  for (const auto& store : stores_) {
    const auto view = store->Read();
    const StorageImage* image = view ? view->Image(id) : nullptr;
    if (image == nullptr) continue;
    found = StorageConfig(store->files(), id, *image);
    if (found) break;
  }
  return found;
}

bool IsStorageBundle(const ContainerClaim& claim) {
  return claim.bundle.ends_with("-containers/" + claim.id + "/userdata");
}

StorageResolver::StorageResolver(StorageOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

StorageResolver::~StorageResolver() = default;

Result<Subject> StorageResolver::Resolve(const Question& question) {
  if (const auto* claim = std::get_if<ContainerClaim>(&question.about)) {
    return impl_->Resolve(question, *claim);
  }
  if (const auto* claim = std::get_if<RecordClaim>(&question.about)) {
    return impl_->ResolveRecord(*claim);
  }
  if (const auto* claim = std::get_if<ImageClaim>(&question.about)) {
    return impl_->ResolveImage(claim->name);
  }
  return Fail(Reason::kUsage, "containers-storage resolves containers");
}

Result<std::vector<StoredContainer>> StorageResolver::Containers() {
  return impl_->Containers();
}

Result<std::vector<NamedImage>> StorageResolver::Images() {
  return impl_->Images();
}

Result<std::string> StorageResolver::Config(const Question& /*question*/,
                                            const Subject& subject,
                                            const Reference& /*name*/,
                                            Reach /*reach*/) {
  return impl_->Config(subject);
}

BaseSet StorageResolver::Find(const BaseRequest& /*request*/) { return {}; }

}  // namespace assay
