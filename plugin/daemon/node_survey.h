// NodeSurvey: what becomes of the images of this node under a policy that is
// not in force, and who signed them. For people who change a policy or write
// their first; it answers no hook and logs no decision.
#ifndef ASSAY_DAEMON_NODE_SURVEY_H_
#define ASSAY_DAEMON_NODE_SURVEY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/verdict/verdict.h"
#include "daemon/engine.h"
#include "io/containerd/inventory.h"

namespace assay {

// A container, or an image that may become one.
struct HeldWorkload {
  std::string runtime_namespace;
  std::string image;          // the runtime's image record
  std::string pod_namespace;  // of the container
  std::string container;      // its id; "" for an image
  bool running = false;
};

struct ComparedWorkload {
  HeldWorkload held;
  Verdict now;
  Verdict then;
};

struct SurveyedWorkload {
  HeldWorkload held;
  std::string manifest;  // "" where it could not be told
  std::vector<VerifiedSignature> signatures;
  std::vector<std::string> problems;
};

// One owner thread; what it uses is the engine's, which is shared.
class NodeSurvey {
 public:
  // How many of how many are done with this one; false ends the survey.
  template <typename Row>
  using Tell =
      std::function<bool(const Row& row, std::size_t number, std::size_t all)>;

  // Borrows the engine.
  explicit NodeSurvey(Engine& engine) : engine_(engine) {}

  // Every container as it is, and every image once without a pod and once for
  // each Kubernetes namespace whose pods the rules of either policy tell from
  // others: those of this node's pods and those that rules name in full. From
  // disk alone. `now` may be null, `then` not. Errors: those of the inventory.
  Status Compare(const std::shared_ptr<const Policy>& now,
                 const std::shared_ptr<const Policy>& then,
                 const Tell<ComparedWorkload>& tell);

  // Every image, with each signature of it that a signer of the policy holds
  // to be good. Errors: those of the inventory.
  Status FindSignatures(const Policy& policy, bool offline,
                        const Tell<SurveyedWorkload>& tell);

 private:
  // Of the runtime, read once.
  struct Holdings {
    std::vector<InventoryContainer> containers;
    std::vector<InventoryImage> images;  // one record for each way to ask
  };

  Result<Holdings> Read();
  SurveyedWorkload Survey(const Policy& policy, bool offline,
                          HeldWorkload held);

  Engine& engine_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_NODE_SURVEY_H_
