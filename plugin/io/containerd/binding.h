// Which image configuration a container was made from, proven by what the
// runtime holds. plugin/docs/decisions/ tells how each way can be attacked.
#ifndef ASSAY_IO_CONTAINERD_BINDING_H_
#define ASSAY_IO_CONTAINERD_BINDING_H_

#include "base/digest.h"
#include "base/result.h"
#include "io/containerd/content_store.h"
#include "io/containerd/held_images.h"
#include "io/containerd/process_spec.h"
#include "io/containerd/records.h"

namespace assay {

// A committed snapshot is no root. Errors: kSubjectUnbound.
Status CheckIsRoot(const SnapshotRecord& snapshot);

// The CRI plugin's record names the configuration: its bytes must hash to it
// and its layers be the snapshot's parent. Errors: kConfigMissing,
// kConfigDigestMismatch, kConfigMalformed, kSubjectUnbound.
Status BindToConfig(ContentStore& store, const SnapshotRecord& snapshot,
                    const Digest& config);

// Other clients' records name an image only. Its name must still lead to a
// configuration with the snapshot's layers, and, where the name was written
// after the snapshot was made or leads to several such configurations, the
// process must be exactly the one that a single one of them describes.
// Errors: as above, kSubjectTagMoved, kSubjectConfigUnproven.
Result<Digest> BindToName(ContentStore& store, const ContainerRecord& container,
                          const SnapshotRecord& snapshot,
                          const ProcessSpec& process, const HeldImages& held);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_BINDING_H_
