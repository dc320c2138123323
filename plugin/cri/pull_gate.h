// PullGate: the port through which the image proxy has pulls judged.
// Implemented by the daemon over its Enforcer.
#ifndef ASSAY_CRI_PULL_GATE_H_
#define ASSAY_CRI_PULL_GATE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cri/pull_request.h"

namespace assay::cri {

// What the runtime says of an image that it holds.
struct PulledImage {
  std::string id;
  std::vector<std::string> repo_digests;  // "host/path@sha256:..."
};

// A pull that may go on, and what was judged of it.
class PullPermit {
 public:
  virtual ~PullPermit() = default;
  // Whether Check is to be asked when the runtime has pulled.
  virtual bool binds() const = 0;
  // nullopt when the runtime has what was judged. Else the refusal, one line;
  // so also when the runtime would not say. Never throws.
  virtual std::optional<std::string> Check(
      const Result<PulledImage>& pulled) = 0;
};

// Refuses unless it holds a permit.
struct PullAnswer {
  std::unique_ptr<PullPermit> permit;
  std::string line;  // of a refusal
};

class PullGate {
 public:
  virtual ~PullGate() = default;
  // Thread-safe, never throws, ends by the deadline or soon after.
  virtual PullAnswer Decide(const PullRequest& request, Deadline deadline) = 0;
  // Of a pull that nobody can judge: it is written down like any other, and the
  // refusal is the line. Thread-safe, never throws.
  virtual std::string Refuse(const Error& why) = 0;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_PULL_GATE_H_
