// CriClient: what a kubelet asks of a container runtime, as far as the canary
// does (Container Runtime Interface, runtime.v1). One thread. The error of each
// call is the runtime's own message, under kRuntimeUnreachable.
#ifndef ASSAY_IO_CANARY_CRI_CLIENT_H_
#define ASSAY_IO_CANARY_CRI_CLIENT_H_

#include <memory>
#include <string>

#include "base/result.h"

namespace assay {

class CriClient {
 public:
  // `socket` is an absolute path; `pod` the canary pod's name.
  CriClient(const std::string& socket, std::string pod);
  ~CriClient();
  CriClient(const CriClient&) = delete;
  CriClient& operator=(const CriClient&) = delete;

  // As if for that pod. An image that is refused is an error.
  Status Pull(const std::string& image);
  // The image's id; kNotFound where the runtime does not have it.
  Result<std::string> ImageId(const std::string& image);
  void RemoveImage(const std::string& image);

  // A pod in the host's network, so that none has to be set up: its id.
  Result<std::string> RunPod(const std::string& handler);
  // The container's id.
  Result<std::string> Create(const std::string& pod_id,
                             const std::string& image_id);
  Status Start(const std::string& container_id);
  // With its containers.
  void RemovePod(const std::string& pod_id);

 private:
  struct Stubs;
  std::unique_ptr<Stubs> stubs_;
  const std::string pod_;
};

}  // namespace assay

#endif  // ASSAY_IO_CANARY_CRI_CLIENT_H_
