// Whether a mounted overlay is that of a container's layer, made from the
// layers below it in their order (containers-storage, drivers/overlay).
#ifndef ASSAY_IO_STORAGE_STORE_MOUNT_H_
#define ASSAY_IO_STORAGE_STORE_MOUNT_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "io/containerd/mount_table.h"
#include "io/storage/store_files.h"

namespace assay {

// `container` is the id of the container's own layer, `layers` the ids of the
// image's, base first. The lower folders may be written as the driver's short
// links (overlay/l/LINK), as <id>/diff, as the container's own id-mapped view
// of the links (<container>/mapped/0/l/LINK), and each of them relative to the
// driver's folder. Where the view is one of each layer (<container>/mapped/<n>/
// diff, by podman) the layers cannot be told, so that their number is compared
// and the upper and work folder, which belong to this container alone.
// Errors: kSubjectMountMismatch; kSubjectStorage for a mount of another kind or
// a lower folder of another form.
Status CheckLayersMounted(const StoreFiles& files, const MountEntry& live,
                          const std::string& container,
                          const std::vector<std::string>& layers);

// The same for an image that is mounted by itself, read-only and without a
// layer of its own.
Status CheckImageMounted(const StoreFiles& files, const MountEntry& live,
                         const std::vector<std::string>& layers);

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_STORE_MOUNT_H_
