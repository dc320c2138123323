// LoopbackRegistry: a registry that has one image and nothing else, at
// 127.0.0.1 on a port of the system's choice, as long as it lives (OCI
// distribution specification, "Pull").
#ifndef ASSAY_IO_CANARY_LOOPBACK_REGISTRY_H_
#define ASSAY_IO_CANARY_LOOPBACK_REGISTRY_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "io/canary/canary_image.h"

namespace assay {

class LoopbackRegistry {
 public:
  // Borrows the image. Error: kInternal (no port, no thread).
  static Result<LoopbackRegistry> Serve(const CanaryImage& image);

  // Under which the image is here: "127.0.0.1:PORT/assay/canary:TAG".
  const std::string& name() const { return name_; }

 private:
  struct Server;
  LoopbackRegistry(std::shared_ptr<Server> server, std::string name)
      : server_(std::move(server)), name_(std::move(name)) {}

  std::shared_ptr<Server> server_;
  std::string name_;
};

}  // namespace assay

#endif  // ASSAY_IO_CANARY_LOOPBACK_REGISTRY_H_
