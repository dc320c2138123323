#include "io/containerd/inventory.h"

#include <unistd.h>

#include <map>
#include <utility>

#include "io/containerd/client.h"
#include "io/containerd/cri_record.h"

namespace assay {
namespace {

using Entries = std::vector<InventoryContainer>;

InventoryContainer ToEntry(const std::string& runtime_namespace,
                           const ContainerRecord& record, bool running) {
  return InventoryContainer{.runtime_namespace = runtime_namespace,
                            .id = record.id,
                            .image = record.image,
                            .pod_namespace = {},
                            .pod = {},
                            .container = {},
                            .running = running};
}

// A record of the CRI plugin's that cannot be read leaves the pod unnamed.
void NamePods(const std::vector<ContainerRecord>& records,
              Entries::iterator entry) {
  std::map<std::string, CriSandbox> sandboxes;
  for (const ContainerRecord& record : records) {
    auto sandbox = CriSandbox::Parse(record.cri_sandbox);
    if (sandbox) sandboxes.emplace(record.id, *std::move(sandbox));
  }
  for (const ContainerRecord& record : records) {
    auto cri = CriContainer::Parse(record.cri_container);
    const auto sandbox = sandboxes.find(cri ? cri->sandbox_id : record.id);
    if (sandbox != sandboxes.end()) {
      entry->pod = sandbox->second.pod;
      entry->pod_namespace = sandbox->second.pod_namespace;
    }
    if (cri) entry->container = cri->name;
    ++entry;
  }
}

Status AddContainers(ContainerdClient& client, const CallScope& scope,
                     Entries& all) {
  auto records = client.Containers(scope);
  if (!records) return records.error();
  auto running = client.RunningTasks(scope);
  if (!running) return running.error();
  const auto first = static_cast<Entries::difference_type>(all.size());
  for (const ContainerRecord& record : *records) {
    all.push_back(
        ToEntry(scope.runtime_namespace, record, running->contains(record.id)));
  }
  if (scope.runtime_namespace == kCriNamespace) {
    NamePods(*records, all.begin() + first);
  }
  return Ok();
}

}  // namespace

class ContainerdInventory::Impl {
 public:
  explicit Impl(std::string socket) : address(std::move(socket)) {}

  // Calls `add` for each namespace.
  template <typename Add>
  Status ForEachNamespace(Deadline deadline, Add add) {
    auto client = clients.At(address);
    if (!client) return client.error();
    auto names = (*client)->Namespaces(deadline);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      if (auto added = add(**client, CallScope{name, deadline}); !added) {
        return added;
      }
    }
    return Ok();
  }

  const std::string address;
  ContainerdClients clients;
};

ContainerdInventory::ContainerdInventory(std::string address)
    : impl_(std::make_unique<Impl>(std::move(address))) {}

ContainerdInventory::~ContainerdInventory() = default;

Result<std::vector<std::string>> ContainerdInventory::Namespaces(
    Deadline deadline) {
  auto client = impl_->clients.At(impl_->address);
  if (!client) return client.error();
  return (*client)->Namespaces(deadline);
}

Result<std::vector<InventoryContainer>> ContainerdInventory::Containers(
    Deadline deadline) {
  Entries all;
  const Status listed = impl_->ForEachNamespace(
      deadline, [&](ContainerdClient& client, const CallScope& scope) {
        return AddContainers(client, scope, all);
      });
  if (!listed) return listed.error();
  return all;
}

bool ContainerdInventory::IsThere() const {
  return ::access(impl_->address.c_str(), F_OK) == 0;
}

Result<std::vector<InventoryImage>> ContainerdInventory::Images(
    Deadline deadline) {
  std::vector<InventoryImage> all;
  const Status listed = impl_->ForEachNamespace(
      deadline, [&](ContainerdClient& client, const CallScope& scope) {
        auto records = client.Images(scope).Get();
        if (!records) return Status(records.error());
        for (ImageRecord& record : *records) {
          all.push_back({scope.runtime_namespace, std::move(record.name),
                         std::move(record.target)});
        }
        return Ok();
      });
  if (!listed) return listed.error();
  return all;
}

}  // namespace assay
