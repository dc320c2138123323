// Image volumes: images that the CRI plugin mounts into a container, from
// containerd 2.1 on. It unpacks each one for the pod and binds the result to
// the container's path; neither runc nor NRI hears of an image.
#ifndef ASSAY_IO_CONTAINERD_IMAGE_VOLUMES_H_
#define ASSAY_IO_CONTAINERD_IMAGE_VOLUMES_H_

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "io/containerd/content_store.h"
#include "io/containerd/cri_record.h"
#include "io/containerd/held_images.h"
#include "io/containerd/process_spec.h"
#include "io/containerd/records.h"

namespace assay {

struct ImageVolume {
  std::string destination;   // in the container
  std::string snapshot_key;  // and the folder where the snapshot is mounted
  Digest target;             // of a manifest or index with this content
  std::string image;         // as CriImageVolume has it, "" where it has none
  std::string requested;
};

// Those of a container, found by where the CRI plugin mounts them, whoever
// asked for them. One that the CRI record has and that is mounted from
// elsewhere, or one that could be written to, is an error:
// kSubjectMountMismatch.
Result<std::vector<ImageVolume>> FindImageVolumes(
    const ProcessSpec& process, const std::vector<CriImageVolume>& recorded);

// The configuration of a held image that has the snapshot's layers: of the
// image that was asked for, or else of the target. Several with the same layers
// are the same volume, since of a configuration nothing else is used. Errors:
// kSubjectUnbound and those of BindToConfig.
Result<Digest> BindVolume(ContentStore& store, const ImageVolume& volume,
                          const SnapshotRecord& snapshot,
                          const HeldImages& held);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_IMAGE_VOLUMES_H_
