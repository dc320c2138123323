// The images a node holds: each image record of a namespace followed to the
// manifests and configurations it leads to.
#ifndef ASSAY_IO_CONTAINERD_HELD_IMAGES_H_
#define ASSAY_IO_CONTAINERD_HELD_IMAGES_H_

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "io/containerd/content_store.h"

namespace assay {

// One way from an image record to a manifest that is on the node.
struct HeldImage {
  std::string name;  // the record's
  RecordTime updated;
  Digest manifest;
  Digest config;
  std::optional<Digest> index;  // that lists the manifest
};

struct HeldImages {
  std::vector<HeldImage> images;
  // The first document that could not be followed, if any: it takes nothing
  // from the others. Manifests of other platforms, which a node need not hold,
  // are no failure.
  std::optional<Error> broken;
};

// Where the records lead.
HeldImages FollowAll(ContentStore& store,
                     const std::vector<ImageRecord>& records);

// Those that lead to this configuration.
std::vector<HeldImage> ThatHold(const std::vector<HeldImage>& images,
                                const Digest& config);
// Those of one image record.
std::vector<HeldImage> ThatAreNamed(const std::vector<HeldImage>& images,
                                    const std::string& name);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_HELD_IMAGES_H_
