// ImageProxy: a runtime's Container Runtime Interface on a socket of our own,
// meant as kubelet's image service endpoint. Every call is passed on as it is;
// PullImage is judged first (docs/decisions/031-the-image-proxy.md).
//
// One thread runs every call; verdicts have threads of their own. gRPC's types
// stay behind this header.
#ifndef ASSAY_CRI_IMAGE_PROXY_H_
#define ASSAY_CRI_IMAGE_PROXY_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "cri/pull_gate.h"

namespace assay::cri {

class ImageProxy {
 public:
  // Calls at a time; what is beyond them is refused as exhausted.
  static constexpr std::size_t kMostCalls = 1024;

  // Before the first use of gRPC and the first thread of a process that serves.
  // Without it threads that wait for other things of gRPC's may be woken for
  // ours and hand them on: that takes a quarter longer, and what belongs
  // together comes apart, as that a stream ended and that its client is gone.
  static void PrepareProcess();

  // Serves on a unix socket at `path` (mode 0600), replacing a stale one, what
  // the runtime at the absolute path `runtime` serves. Borrows the gate. A
  // runtime that is down is none of its errors: its calls are unavailable.
  // Errors: kWriteFailed.
  static Result<std::unique_ptr<ImageProxy>> Start(const std::string& path,
                                                   const std::string& runtime,
                                                   PullGate& gate);
  // Ends the calls under way within a second, and waits for verdicts.
  ~ImageProxy();
  ImageProxy(const ImageProxy&) = delete;
  ImageProxy& operator=(const ImageProxy&) = delete;

 private:
  class Impl;
  explicit ImageProxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_IMAGE_PROXY_H_
