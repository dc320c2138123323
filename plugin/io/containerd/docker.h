// A container of docker's. dockerd mounts the root file system by itself and
// leaves it out of containerd's record: with containerd's image store (of
// docker 24 to 28) it is a snapshot all the same, named by the container's id;
// with a store of docker's own nothing says of which image it is.
//
// Between the image's layers and the container's there is one more, <id>-init,
// in which dockerd makes what it will mount over. No digest covers that one, so
// it may hold nothing else.
#ifndef ASSAY_IO_CONTAINERD_DOCKER_H_
#define ASSAY_IO_CONTAINERD_DOCKER_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/subject/subject.h"
#include "io/containerd/client.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"
#include "io/containerd/process_spec.h"
#include "io/containerd/records.h"

namespace assay {

// Whether dockerd made it, as its record and where its root lies tell; what it
// is proves the rest.
bool IsDockers(const ContainerRecord& record, const ProcessSpec& process,
               const std::string& runtime_namespace);

struct DockerRoot {
  SnapshotRecord snapshot;  // as if it lay upon the image's layers
  std::vector<SnapshotMount> mounts;
  Result<std::vector<std::string>> layer_dirs;  // of the image
};

// Errors: kSubjectStorage (docker's own store), kSubjectSnapshotter,
// kSubjectVolume (an image that docker has mounted beside it),
// kSubjectUnbound, kSubjectMountMismatch (see CheckInitLayer),
// kRuntimeUnreachable, kDeadline.
Result<DockerRoot> FindDockerRoot(ContainerdClient& client,
                                  const CallScope& scope,
                                  const ContainerRecord& record,
                                  const ProcessSpec& process);

// Docker 28 records the name that was asked for, earlier ones none: then all
// names of the image stand in for it. Errors: those of BindToName and
// BindAnnounced.
Result<Subject> BindDocker(ContentStore& store, const ContainerRecord& record,
                           const SnapshotRecord& snapshot,
                           const ProcessSpec& process, const HeldImages& held);

// Whether the files of an <id>-init layer are at most what dockerd makes there:
// empty files and folders to mount over, and /etc/mtab. Errors:
// kSubjectMountMismatch.
Status CheckInitLayer(const std::string& folder);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_DOCKER_H_
