// Upkeep: what is done from time to time: the evidence store's index for other
// tools, and garbage collection tied to the images on the node. Owns a thread.
#ifndef ASSAY_DAEMON_UPKEEP_H_
#define ASSAY_DAEMON_UPKEEP_H_

#include <optional>
#include <set>

#include "base/digest.h"
#include "daemon/background_task.h"
#include "daemon/engine.h"

namespace assay {

// Everything a signature of an image on the node may be bound to. A containerd
// that was met and is away may have images; on a node of CRI-O or podman there
// never is one. Nothing when a runtime could not be asked, or there are no
// images, for then nothing may be dropped.
std::optional<std::set<Digest>> DigestsOnNode(Engine& engine,
                                              bool met_containerd);

class Upkeep {
 public:
  explicit Upkeep(Engine& engine);  // borrowed

 private:
  BackgroundTask::Wait Round();
  void CollectGarbage();
  Engine& engine_;
  int rounds_ = 0;
  bool met_containerd_ = false;
  BackgroundTask task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_UPKEEP_H_
