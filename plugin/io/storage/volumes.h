// Images that a container mounts beside its root file system: a specification
// names folders of the store as the source of a mount.
#ifndef ASSAY_IO_STORAGE_VOLUMES_H_
#define ASSAY_IO_STORAGE_VOLUMES_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "io/containerd/process_spec.h"

namespace assay {

// An image whose topmost layer is mounted at <root>/overlay/<layer>/merged.
struct StorageVolume {
  std::string destination;  // in the container
  std::string layer;
};

// CRI-O and podman mount an image volume as an overlay whose topmost lower
// folder is the image's, and which is else empty. Whatever else comes out of
// one of the stores (a part of an image, an artifact's blob, a layer) is
// refused: nobody can say what it is. Errors: kSubjectVolume.
Result<std::vector<StorageVolume>> FindStorageVolumes(
    const ProcessSpec& process, const std::string& root,
    const std::vector<std::string>& roots);

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_VOLUMES_H_
