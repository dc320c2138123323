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

class Upkeep {
 public:
  explicit Upkeep(Engine& engine);  // borrowed

 private:
  BackgroundTask::Wait Round();
  void CollectGarbage();
  // Everything a signature of an image on the node may be bound to; nullopt
  // when the runtime could not be asked, for then nothing may be dropped.
  std::optional<std::set<Digest>> OnNode();

  Engine& engine_;
  int rounds_ = 0;
  BackgroundTask task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_UPKEEP_H_
