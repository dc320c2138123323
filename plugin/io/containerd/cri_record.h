// What the CRI plugin keeps beside a container's record, as JSON:
// io.cri-containerd.container.metadata and io.cri-containerd.sandbox.metadata.
#ifndef ASSAY_IO_CONTAINERD_CRI_RECORD_H_
#define ASSAY_IO_CONTAINERD_CRI_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

// The one namespace whose records the CRI plugin writes.
inline constexpr std::string_view kCriNamespace = "k8s.io";

// A volume that is an image, as it was asked for.
struct CriImageVolume {
  std::string container_path;
  std::string image;      // mostly the image's id
  std::string requested;  // the name asked for, "" where only an id was given
};

struct CriContainer {
  std::string id;
  std::string sandbox_id;
  std::string name;  // of the container in its pod
  Digest image_ref;  // of the image configuration the container was made of
  std::string requested;  // the name asked for, "" where only an id was given
  std::vector<CriImageVolume> image_volumes;

  // Errors: kSubjectConfigUnproven (it does not tell the configuration).
  static Result<CriContainer> Parse(std::string_view json);
};

struct CriSandbox {
  std::string id;
  std::string pod;
  std::string pod_namespace;

  static Result<CriSandbox> Parse(std::string_view json);
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_CRI_RECORD_H_
