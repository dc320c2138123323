// The bundle at the moment of its creation: what its config.json says and
// whether what is mounted at its rootfs, and for its volumes, are the snapshots
// they should be.
#ifndef ASSAY_IO_CONTAINERD_ROOTFS_H_
#define ASSAY_IO_CONTAINERD_ROOTFS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "core/question/question.h"
#include "io/containerd/mount_table.h"
#include "io/containerd/process_spec.h"
#include "io/containerd/records.h"

namespace assay {

// config.json, from the claim's descriptor or else from the bundle. Errors:
// kHookMalformed, kFileUnreadable, kFileTooLarge, kNotFound.
Result<ProcessSpec> ReadBundleConfig(const ContainerClaim& claim);

// An absolute path as the shim sees it: its mount namespace holds the rootfs.
std::string ShimPath(const ContainerClaim& claim, std::string_view path);

// The folder `name` of an open folder, where something of its own must be
// mounted: what we get is the topmost mount. Errors: kSubjectMountMismatch.
Result<UniqueFd> OpenMounted(int folder, const std::string& name);

// The mount of an open folder, in the shim's table. Errors:
// kSubjectMountMismatch.
Result<MountEntry> LiveMount(const ContainerClaim& claim, int mounted);

// The runtime will use <bundle>/rootfs and nothing else goes over "/".
// Errors: kSubjectMountMismatch.
Status CheckRootPath(const ContainerClaim& claim, const ProcessSpec& process);
// The second half of it.
Status CheckNotCovered(const ProcessSpec& process);

// What is mounted at <bundle>/rootfs, as the shim sees it, is what the
// snapshotter says it should be. Where `judged` is false the snapshotter's
// mounts cannot be compared (erofs and loop devices) and only that something
// of its own is mounted there is checked; the snapshot's parent is the proof.
// Errors: kSubjectMountMismatch.
Status CheckRootfs(const ContainerClaim& claim,
                   const std::vector<SnapshotMount>& wanted, bool judged);

// The same of what is mounted at `folder`, an absolute path.
Status CheckVolume(const ContainerClaim& claim, const std::string& folder,
                   const std::vector<SnapshotMount>& wanted, bool judged);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_ROOTFS_H_
