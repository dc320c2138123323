#include "io/containerd/resolver.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "io/containerd/announced.h"
#include "io/containerd/binding.h"
#include "io/containerd/client.h"
#include "io/containerd/cri_record.h"
#include "io/containerd/docker.h"
#include "io/containerd/held_bases.h"
#include "io/containerd/image_volumes.h"
#include "io/containerd/layer_dirs.h"
#include "io/containerd/named_image.h"
#include "io/containerd/place.h"
#include "io/containerd/rootfs.h"
#include "io/containerd/subject_builder.h"

namespace assay {
namespace {

// Snapshotters whose committed snapshots containerd makes by hashing layers,
// and whose mounts can be told from the mount table.
constexpr std::array<std::string_view, 5> kJudgedSnapshotters{
    "overlayfs", "native", "btrfs", "devmapper", "zfs"};
// The same, with mounts that the table does not explain.
constexpr std::array<std::string_view, 2> kHashingSnapshotters{"erofs",
                                                               "blockfile"};

std::vector<std::string> Believed(std::vector<std::string> names) {
  names.insert(names.begin(), kHashingSnapshotters.begin(),
               kHashingSnapshotters.end());
  names.insert(names.begin(), kJudgedSnapshotters.begin(),
               kJudgedSnapshotters.end());
  return names;
}

template <typename List>
bool Contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// kNotFound is what a lookup says; the walk wants to know what was missing.
template <typename T>
Result<T> OrElse(Result<T> result, Reason reason) {
  if (result || result.error().reason != Reason::kNotFound) return result;
  return Fail(reason, result.error().detail);
}

}  // namespace

class ContainerdResolver::Impl {
 public:
  explicit Impl(ContainerdOptions options)
      : options_(std::move(options)),
        believed_(Believed(options_.trusted_snapshotters)) {}

  Result<Subject> ResolveContainer(const Question& question,
                                   const ContainerClaim& claim);
  Result<Subject> ResolveRecord(const Question& question,
                                const RecordClaim& claim);
  Result<Subject> ResolveImage(const Question& question,
                               const ImageClaim& claim);
  Result<Subject> ResolveAnnounced(const Question& question,
                                   const AnnouncedClaim& claim);
  Result<std::string> Config(const Question& question, const Subject& subject);
  BaseSet FindBases(const BaseRequest& request);

 private:
  // One decision's view of one containerd. Its images are asked for at once,
  // because that needs no other answer.
  struct View {
    std::shared_ptr<ContainerdClient> client;
    ContentStore store;
    Pending<std::vector<ImageRecord>> images;
    std::optional<HeldImages> held = {};
  };

  // Of the containerd that the subject was found at.
  Result<View> OpenFor(const Question& question, const Subject& subject);

  Result<View> Open(const std::string& address, CallScope scope);
  Result<ContainerRecord> Record(View& view, const std::string& id);
  Pending<SnapshotRecord> Snapshot(View& view, const ContainerRecord& record);
  Status CheckImage(const ContainerRecord& record,
                    const ProcessSpec& process) const;
  Result<std::vector<SnapshotMount>> Mounts(View& view,
                                            const ContainerRecord& record,
                                            const std::string& key);
  // Never null; followed once.
  Result<const HeldImages*> Held(View& view);
  Result<Subject> Bind(View& view, const ContainerRecord& record,
                       const Pending<SnapshotRecord>& asked,
                       const ProcessSpec& process, const ContainerClaim* claim);
  Result<Subject> BindCri(View& view, const ContainerRecord& record,
                          const CriContainer& cri,
                          const SnapshotRecord& snapshot);
  Result<Subject> BindNamed(View& view, const ContainerRecord& record,
                            const SnapshotRecord& snapshot,
                            const ProcessSpec& process);
  // The claim is null where no start is asked about.
  Result<Subject> BindDockers(View& view, const ContainerRecord& record,
                              const ProcessSpec& process,
                              const ContainerClaim* claim);
  Status AddVolumes(View& view, const ContainerRecord& record,
                    const std::vector<ImageVolume>& volumes,
                    const ContainerClaim* claim, Subject& subject);
  Result<Subject> BindVolumeOf(View& view, const ContainerRecord& record,
                               const ImageVolume& volume,
                               const ContainerClaim* claim);

  const ContainerdOptions options_;
  const std::vector<std::string> believed_;  // snapshotters
  ContainerdClients clients_;
  DocumentLinksCache links_;
};

Result<ContainerdResolver::Impl::View> ContainerdResolver::Impl::Open(
    const std::string& address, CallScope scope) {
  auto client = clients_.At(address.empty() ? options_.address : address);
  if (!client) return client.error();
  auto root = (*client)->ContentRoot(scope.deadline);
  if (!root) return root.error();
  auto images = (*client)->Images(scope);
  ContentStore store(**client, std::move(scope), *std::move(root), links_);
  return View{*std::move(client), std::move(store), std::move(images)};
}

Result<ContainerdResolver::Impl::View> ContainerdResolver::Impl::OpenFor(
    const Question& question, const Subject& subject) {
  const auto* claim = std::get_if<ContainerClaim>(&question.about);
  return Open(claim == nullptr ? "" : claim->runtime_address,
              {subject.workload.runtime_namespace, question.deadline});
}

Result<std::string> ContainerdResolver::Impl::Config(const Question& question,
                                                     const Subject& subject) {
  auto view = OpenFor(question, subject);
  if (!view) return view.error();
  return view->store.Config(subject.config);
}

BaseSet ContainerdResolver::Impl::FindBases(const BaseRequest& request) {
  auto view = OpenFor(request.question, request.subject);
  if (!view) return {{}, {view.error()}};
  auto held = Held(*view);
  if (!held) return {{}, {held.error()}};
  return BasesAmong(view->store, **held, request);
}

Status ContainerdResolver::Impl::CheckImage(const ContainerRecord& record,
                                            const ProcessSpec& process) const {
  if (record.image.empty() || record.snapshotter.empty() ||
      record.snapshot_key.empty()) {
    return process.root_path.starts_with('/')
               ? Fail(Reason::kSubjectRootfsPath, Printable(process.root_path))
               : Fail(Reason::kSubjectNoImage);
  }
  if (Contains(believed_, record.snapshotter)) return Ok();
  return Fail(Reason::kSubjectSnapshotter, Printable(record.snapshotter));
}

Result<std::vector<SnapshotMount>> ContainerdResolver::Impl::Mounts(
    View& view, const ContainerRecord& record, const std::string& key) {
  return OrElse(
      view.client->Mounts(view.store.scope(), record.snapshotter, key).Get(),
      Reason::kSubjectUnbound);
}

Result<const HeldImages*> ContainerdResolver::Impl::Held(View& view) {
  if (!view.held) {
    auto records = view.images.Get();
    if (!records) return records.error();
    view.held = FollowAll(view.store, *records);
  }
  return &*view.held;
}

Pending<SnapshotRecord> ContainerdResolver::Impl::Snapshot(
    View& view, const ContainerRecord& record) {
  return view.client->Snapshot(view.store.scope(), record.snapshotter,
                               record.snapshot_key);
}

Result<Subject> ContainerdResolver::Impl::BindCri(
    View& view, const ContainerRecord& record, const CriContainer& cri,
    const SnapshotRecord& snapshot) {
  if (cri.id != record.id) {
    return Fail(Reason::kRuntimeAmbiguous,
                "the CRI record is that of " + Printable(cri.id));
  }
  const auto asked = view.client->Container(view.store.scope(), cri.sandbox_id);
  auto held = Held(view);
  if (!held) return held.error();
  auto bound = BindToConfig(view.store, snapshot, cri.image_ref);
  if (!bound) return bound.error();
  auto subject = BuildHeld(view.store, **held, cri.image_ref, cri.requested);
  if (!subject) return subject.error();
  const auto pod = OrElse(asked.Get(), Reason::kContainerUnknown);
  if (!pod) return WithContext(pod.error(), "pod sandbox");
  auto sandbox = CriSandbox::Parse(pod->cri_sandbox);
  if (!sandbox) return sandbox.error();
  if (sandbox->id != cri.sandbox_id) {
    return Fail(Reason::kRuntimeAmbiguous,
                "the sandbox's record is that of " + Printable(sandbox->id));
  }
  subject->workload.pod = sandbox->pod;
  subject->workload.pod_namespace = sandbox->pod_namespace;
  subject->workload.container = cri.name;
  return subject;
}

Result<Subject> ContainerdResolver::Impl::Bind(
    View& view, const ContainerRecord& record,
    const Pending<SnapshotRecord>& asked, const ProcessSpec& process,
    const ContainerClaim* claim) {
  const std::string& runtime_namespace = view.store.scope().runtime_namespace;
  auto snapshot = OrElse(asked.Get(), Reason::kSubjectUnbound);
  if (!snapshot) return snapshot.error();
  if (Status root = CheckIsRoot(*snapshot); !root) return root.error();
  std::optional<CriContainer> cri;
  if (runtime_namespace == kCriNamespace && !record.cri_container.empty()) {
    auto parsed = CriContainer::Parse(record.cri_container);
    if (!parsed) return parsed.error();
    cri = *std::move(parsed);
  }
  const auto volumes = FindImageVolumes(
      process, cri ? cri->image_volumes : std::vector<CriImageVolume>());
  if (!volumes) return volumes.error();
  auto subject = cri ? BindCri(view, record, *cri, *snapshot)
                     : BindNamed(view, record, *snapshot, process);
  if (!subject) return subject.error();
  subject->workload.runtime_namespace = runtime_namespace;
  subject->workload.container_id = record.id;
  if (Status added = AddVolumes(view, record, *volumes, claim, *subject);
      !added) {
    return added.error();
  }
  return subject;
}

Result<Subject> ContainerdResolver::Impl::BindNamed(
    View& view, const ContainerRecord& record, const SnapshotRecord& snapshot,
    const ProcessSpec& process) {
  auto held = Held(view);
  if (!held) return held.error();
  auto config = BindToName(view.store, record, snapshot, process, **held);
  if (!config) return config.error();
  // The CRI plugin picks one of the pause image's names for its record.
  const bool is_sandbox =
      view.store.scope().runtime_namespace == kCriNamespace &&
      !record.cri_sandbox.empty();
  auto subject =
      BuildSubject(view.store, *config, ThatHold((*held)->images, *config),
                   is_sandbox ? std::string() : record.image);
  if (!subject || !is_sandbox) return subject;
  auto sandbox = CriSandbox::Parse(record.cri_sandbox);
  if (!sandbox) return sandbox.error();
  subject->workload.pod = sandbox->pod;
  subject->workload.pod_namespace = sandbox->pod_namespace;
  return subject;
}

Result<Subject> ContainerdResolver::Impl::BindDockers(
    View& view, const ContainerRecord& record, const ProcessSpec& process,
    const ContainerClaim* claim) {
  auto root = FindDockerRoot(*view.client, view.store.scope(), record, process);
  if (!root) return root.error();
  if (claim != nullptr) {
    if (Status bare = CheckNotCovered(process); !bare) return bare.error();
    const Status mounted =
        CheckVolume(*claim, process.root_path, root->mounts, /*judged=*/true);
    if (!mounted) return mounted.error();
  }
  const auto held = Held(view);
  if (!held) return held.error();
  auto subject =
      BindDocker(view.store, record, root->snapshot, process, **held);
  if (subject) subject->layer_dirs = std::move(root->layer_dirs);
  return subject;
}

Result<Subject> ContainerdResolver::Impl::BindVolumeOf(
    View& view, const ContainerRecord& record, const ImageVolume& volume,
    const ContainerClaim* claim) {
  const auto mounts = Mounts(view, record, volume.snapshot_key);
  if (!mounts) return mounts.error();
  if (claim != nullptr) {
    const Status mounted =
        CheckVolume(*claim, volume.snapshot_key, *mounts,
                    Contains(kJudgedSnapshotters, record.snapshotter));
    if (!mounted) return mounted.error();
  }
  const auto snapshot =
      OrElse(view.client
                 ->Snapshot(view.store.scope(), record.snapshotter,
                            volume.snapshot_key)
                 .Get(),
             Reason::kSubjectUnbound);
  if (!snapshot) return snapshot.error();
  const auto held = Held(view);
  if (!held) return held.error();
  auto config = BindVolume(view.store, volume, *snapshot, **held);
  if (!config) return config.error();
  auto subject = BuildHeld(view.store, **held, *config, volume.requested);
  if (subject) subject->layer_dirs = LayerDirs(record.snapshotter, *mounts);
  return subject;
}

Status ContainerdResolver::Impl::AddVolumes(
    View& view, const ContainerRecord& record,
    const std::vector<ImageVolume>& volumes, const ContainerClaim* claim,
    Subject& subject) {
  for (const ImageVolume& volume : volumes) {
    auto image = BindVolumeOf(view, record, volume, claim);
    if (!image) {
      return WithContext(image.error(),
                         "image volume at " + Printable(volume.destination));
    }
    image->mounted_at = volume.destination;
    image->workload = subject.workload;
    subject.volumes.push_back(*std::move(image));
  }
  return Ok();
}

Result<ContainerRecord> ContainerdResolver::Impl::Record(
    View& view, const std::string& id) {
  return OrElse(view.client->Container(view.store.scope(), id).Get(),
                Reason::kContainerUnknown);
}

Result<Subject> ContainerdResolver::Impl::ResolveContainer(
    const Question& question, const ContainerClaim& claim) {
  auto place = LocateContainer(claim);
  if (!place) return place.error();
  auto view = Open(claim.runtime_address,
                   {place->runtime_namespace, question.deadline});
  if (!view) return view.error();
  auto record = Record(*view, place->id);
  if (!record) return record.error();
  auto process = ReadBundleConfig(claim);
  if (!process) return process.error();
  if (IsDockers(*record, *process, place->runtime_namespace)) {
    return BindDockers(*view, *record, *process, &claim);
  }
  Status valid = CheckImage(*record, *process);
  if (!valid) return valid.error();
  const auto snapshot = Snapshot(*view, *record);
  valid = CheckRootPath(claim, *process);
  if (!valid) return valid.error();
  const auto mounts = Mounts(*view, *record, record->snapshot_key);
  if (!mounts) return mounts.error();
  valid = CheckRootfs(claim, *mounts,
                      Contains(kJudgedSnapshotters, record->snapshotter));
  if (!valid) return valid.error();
  auto subject = Bind(*view, *record, snapshot, *process, &claim);
  if (subject) subject->layer_dirs = LayerDirs(record->snapshotter, *mounts);
  return subject;
}

Result<Subject> ContainerdResolver::Impl::ResolveRecord(
    const Question& question, const RecordClaim& claim) {
  auto view = Open({}, {claim.runtime_namespace, question.deadline});
  if (!view) return view.error();
  auto record = Record(*view, claim.id);
  if (!record) return record.error();
  auto process = ProcessSpec::Parse(record->spec);
  if (!process) return process.error();
  if (IsDockers(*record, *process, claim.runtime_namespace)) {
    return BindDockers(*view, *record, *process, nullptr);
  }
  const Status valid = CheckImage(*record, *process);
  if (!valid) return valid.error();
  const auto mounts = Mounts(*view, *record, record->snapshot_key);
  auto subject =
      Bind(*view, *record, Snapshot(*view, *record), *process, nullptr);
  if (subject && mounts) {
    subject->layer_dirs = LayerDirs(record->snapshotter, *mounts);
  }
  return subject;
}

Result<Subject> ContainerdResolver::Impl::ResolveImage(
    const Question& question, const ImageClaim& claim) {
  auto view = Open({}, {claim.runtime_namespace, question.deadline});
  if (!view) return view.error();
  auto held = Held(*view);
  if (!held) return held.error();
  return BindNamedImage(view->store, **held, claim);
}

Result<Subject> ContainerdResolver::Impl::ResolveAnnounced(
    const Question& question, const AnnouncedClaim& claim) {
  auto view = Open({}, {claim.runtime_namespace, question.deadline});
  if (!view) return view.error();
  const auto root =
      FindRoot(*view->client, view->store.scope(), believed_, claim.id);
  if (!root) return root.error();
  auto held = Held(*view);
  if (!held) return held.error();
  auto subject = BindAnnounced(view->store, root->snapshot, claim, **held);
  if (subject) subject->layer_dirs = LayerDirs(root->snapshotter, root->mounts);
  return subject;
}

ContainerdResolver::ContainerdResolver(ContainerdOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

ContainerdResolver::~ContainerdResolver() = default;

Result<Subject> ContainerdResolver::Resolve(const Question& question) {
  if (const auto* claim = std::get_if<ContainerClaim>(&question.about)) {
    return impl_->ResolveContainer(question, *claim);
  }
  if (const auto* claim = std::get_if<RecordClaim>(&question.about)) {
    return impl_->ResolveRecord(question, *claim);
  }
  if (const auto* claim = std::get_if<ImageClaim>(&question.about)) {
    return impl_->ResolveImage(question, *claim);
  }
  if (const auto* claim = std::get_if<AnnouncedClaim>(&question.about)) {
    return impl_->ResolveAnnounced(question, *claim);
  }
  return Fail(Reason::kUsage, "containerd resolves containers and images");
}

Result<std::string> ContainerdResolver::Config(const Question& question,
                                               const Subject& subject,
                                               const Reference& /*name*/,
                                               Reach /*reach*/) {
  return impl_->Config(question, subject);
}

BaseSet ContainerdResolver::Find(const BaseRequest& request) {
  return impl_->FindBases(request);
}

}  // namespace assay
