// What a container is made of that has a snapshot and no record yet.
// plugin/docs/decisions/032 tells what this proves and what is left to the
// moment of its start.
#ifndef ASSAY_IO_CONTAINERD_ANNOUNCED_H_
#define ASSAY_IO_CONTAINERD_ANNOUNCED_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "core/question/question.h"
#include "core/subject/subject.h"
#include "io/containerd/client.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"
#include "io/containerd/records.h"

namespace assay {

// The container's root file system, as its snapshotter has it.
struct AnnouncedRoot {
  std::string snapshotter;
  SnapshotRecord snapshot;
  std::vector<SnapshotMount> mounts;
};

// Asks these snapshotters, one after the other, for the container's snapshot;
// the announcement does not tell whose it is. Errors: kRuntimeAmbiguous (no id
// of containerd's), kSubjectUnbound (none has it, or it is no root),
// kRuntimeUnreachable, kDeadline.
Result<AnnouncedRoot> FindRoot(ContainerdClient& client, const CallScope& scope,
                               const std::vector<std::string>& snapshotters,
                               const std::string& id);

// The one configuration on the node with the snapshot's layers or, of several,
// the one that is held under the name that was announced. Errors:
// kSubjectUnbound, kSubjectConfigUnproven (several are left), those of
// BindToConfig and BuildSubject.
Result<Subject> BindAnnounced(ContentStore& store,
                              const SnapshotRecord& snapshot,
                              const AnnouncedClaim& claim,
                              const HeldImages& held);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_ANNOUNCED_H_
