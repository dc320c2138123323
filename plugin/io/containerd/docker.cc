#include "io/containerd/docker.h"

#include <sys/xattr.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/bytes.h"
#include "io/containerd/announced.h"
#include "io/containerd/binding.h"
#include "io/containerd/layer_dirs.h"
#include "io/containerd/mount_table.h"
#include "io/containerd/subject_builder.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDockersNamespace = "moby";
constexpr std::string_view kRootfsFolder = "rootfs";
constexpr std::string_view kOverlaySnapshotter = "overlayfs";

// dockerd's daemon/initlayer.
struct InitEntry {
  std::string_view path;
  fs::file_type type;
};
constexpr InitEntry kInitEntries[] = {
    {"dev", fs::file_type::directory},
    {"dev/pts", fs::file_type::directory},
    {"dev/shm", fs::file_type::directory},
    {"dev/console", fs::file_type::regular},
    {"proc", fs::file_type::directory},
    {"sys", fs::file_type::directory},
    {"etc", fs::file_type::directory},
    {"etc/resolv.conf", fs::file_type::regular},
    {"etc/hosts", fs::file_type::regular},
    {"etc/hostname", fs::file_type::regular},
    {"etc/mtab", fs::file_type::symlink},
    {".dockerenv", fs::file_type::regular},
};

Error NotInit(const std::string& what) {
  return Fail(
      Reason::kSubjectMountMismatch,
      "the layer that docker puts upon the image holds " + Printable(what));
}

// By either an overlay shows something else than what lies below.
bool HidesWhatIsBelow(const fs::path& path) {
  for (const char* name : {"trusted.overlay.opaque", "trusted.overlay.redirect",
                           "trusted.overlay.metacopy"}) {
    if (::lgetxattr(path.c_str(), name, nullptr, 0) >= 0) return true;
  }
  return false;
}

bool IsInitEntry(const fs::directory_entry& entry, const std::string& path) {
  std::error_code failed;
  const fs::file_type type = entry.symlink_status(failed).type();
  const bool known = std::any_of(
      std::begin(kInitEntries), std::end(kInitEntries),
      [&](const auto& one) { return one.path == path && one.type == type; });
  if (failed || !known || HidesWhatIsBelow(entry.path())) return false;
  if (type == fs::file_type::regular) {
    return entry.file_size(failed) == 0 && !failed;
  }
  return type == fs::file_type::directory ||
         fs::read_symlink(entry.path(), failed) == "/proc/mounts";
}

// <data root>/rootfs/<snapshotter>/<id>
std::optional<std::string> SnapshotterOf(const ContainerRecord& record,
                                         const ProcessSpec& process) {
  const fs::path root(process.root_path);
  const fs::path snapshotter = root.parent_path();
  if (!root.is_absolute() || root.lexically_normal() != root ||
      root.filename() != record.id ||
      snapshotter.parent_path().filename() != kRootfsFolder) {
    return std::nullopt;
  }
  return snapshotter.filename().string();
}

// docker mounts images beside the root as it mounts the root.
Status CheckNoImageMounts(const ProcessSpec& process) {
  const std::string mounted =
      fs::path(process.root_path).parent_path().string() + "/";
  for (const BindMount& bind : process.binds) {
    const std::string source = fs::path(bind.source).lexically_normal();
    if (source.starts_with(mounted)) {
      return Fail(Reason::kSubjectVolume, Printable(bind.source) + " at " +
                                              Printable(bind.destination));
    }
  }
  return Ok();
}

Error OwnStore(const ProcessSpec& process) {
  return Fail(
      Reason::kSubjectStorage,
      "docker has it in a store of its own, at " +
          Printable(process.root_path) +
          "; give it containerd's: \"features\": {\"containerd-snapshotter\": "
          "true} in daemon.json, restart docker, and pull the images again");
}

Error NoSuchSnapshot(const Error& why, const std::string& key) {
  if (why.reason != Reason::kNotFound) return why;
  return Fail(Reason::kSubjectUnbound, "there is no snapshot " + key);
}

}  // namespace

bool IsDockers(const ContainerRecord& record, const ProcessSpec& process,
               const std::string& runtime_namespace) {
  if (!record.snapshotter.empty() || !record.snapshot_key.empty() ||
      !process.root_path.starts_with('/')) {
    return false;
  }
  return runtime_namespace == kDockersNamespace ||
         SnapshotterOf(record, process);
}

Result<DockerRoot> FindDockerRoot(ContainerdClient& client,
                                  const CallScope& scope,
                                  const ContainerRecord& record,
                                  const ProcessSpec& process) {
  const auto snapshotter = SnapshotterOf(record, process);
  if (!snapshotter) return OwnStore(process);
  if (*snapshotter != kOverlaySnapshotter) {
    return Fail(Reason::kSubjectSnapshotter,
                Printable(*snapshotter) + " of docker");
  }
  if (Status none = CheckNoImageMounts(process); !none) return none.error();
  const std::string init_key = record.id + "-init";
  const auto asked = client.Snapshot(scope, *snapshotter, record.id);
  const auto asked_init = client.Snapshot(scope, *snapshotter, init_key);
  auto mounts = client.Mounts(scope, *snapshotter, record.id).Get();
  auto snapshot = asked.Get();
  if (!snapshot) return NoSuchSnapshot(snapshot.error(), record.id);
  if (Status root = CheckIsRoot(*snapshot); !root) return root.error();
  const auto init = asked_init.Get();
  if (!init) return NoSuchSnapshot(init.error(), init_key);
  if (!mounts) return NoSuchSnapshot(mounts.error(), record.id);
  auto folders = LayerDirs(*snapshotter, *mounts);
  if (!folders || snapshot->parent != init_key ||
      init->kind != SnapshotKind::kCommitted) {
    return Fail(Reason::kSubjectUnbound,
                "the snapshot does not lie upon " + init_key);
  }
  if (Status plain = CheckInitLayer(folders->back()); !plain) {
    return plain.error();
  }
  folders->pop_back();
  snapshot->parent = init->parent;
  return DockerRoot{*std::move(snapshot), *std::move(mounts),
                    std::move(folders)};
}

Result<Subject> BindDocker(ContentStore& store, const ContainerRecord& record,
                           const SnapshotRecord& snapshot,
                           const ProcessSpec& process, const HeldImages& held) {
  AnnouncedClaim claim;
  claim.runtime_namespace = store.scope().runtime_namespace;
  claim.id = record.id;
  if (ThatAreNamed(held.images, record.image).empty()) {
    return BindAnnounced(store, snapshot, claim, held);
  }
  auto config = BindToName(store, record, snapshot, process, held);
  if (!config) return config.error();
  auto subject = BuildSubject(store, *config, ThatHold(held.images, *config),
                              record.image);
  if (!subject) return subject;
  subject->workload.runtime_namespace = claim.runtime_namespace;
  subject->workload.container_id = claim.id;
  return subject;
}

Status CheckInitLayer(const std::string& folder) {
  std::error_code failed;
  if (HidesWhatIsBelow(folder)) return NotInit("/");
  fs::recursive_directory_iterator at(folder, failed);
  for (; !failed && at != fs::recursive_directory_iterator();
       at.increment(failed)) {
    const std::string path = at->path().string().substr(folder.size() + 1);
    if (!IsInitEntry(*at, path)) return NotInit(path);
  }
  return failed ? NotInit("what cannot be read") : Ok();
}

}  // namespace assay
