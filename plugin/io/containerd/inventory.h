// ContainerdInventory: what a containerd holds and runs, for `assay running`,
// warm-up and garbage collection. A picture of one moment, no decision.
//
// Thread-safe.
#ifndef ASSAY_IO_CONTAINERD_INVENTORY_H_
#define ASSAY_IO_CONTAINERD_INVENTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

struct InventoryContainer {
  std::string runtime_namespace;
  std::string id;
  std::string image;          // the record's name, a claim
  std::string pod_namespace;  // "" outside Kubernetes
  std::string pod;
  std::string container;  // "" for a pod's sandbox
  bool running = false;
};

struct InventoryImage {
  std::string runtime_namespace;
  std::string name;
  std::string target;  // digest of a manifest or an index
};

class ContainerdInventory {
 public:
  // Errors of every call: kRuntimeUnreachable, kDeadline, kTooLarge.
  explicit ContainerdInventory(std::string address);
  ~ContainerdInventory();

  // Whether anything is at the address: a node may have no containerd.
  bool IsThere() const;
  Result<std::vector<std::string>> Namespaces(Deadline deadline);
  // Of all namespaces.
  Result<std::vector<InventoryContainer>> Containers(Deadline deadline);
  Result<std::vector<InventoryImage>> Images(Deadline deadline);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_INVENTORY_H_
